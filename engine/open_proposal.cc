#include "engine/open_proposal.h"

#include <utility>
#include <vector>

#include "engine/flux/proposal.h"

namespace engine {

namespace {

std::optional<std::string> value_at(const FluxRepository& repository, const CommitId& commit,
                                    const RepositoryPath& file, const ReadValue& read) {
  const auto bytes = repository.read_file(commit, file);
  return bytes ? read(*bytes) : std::nullopt;
}

}  // namespace

bool OpenProposal::is_open(const std::optional<std::string>& value_of_branch) const {
  return value != value_of_branch && (!base || base == value_of_branch);
}

std::optional<OpenProposal> find_open_proposal(const FluxRepository& repository,
                                               const std::string& group, const RepositoryPath& file,
                                               const ReadValue& read) {
  std::string branch = proposal_branch(std::vector<std::string>{group});
  auto commit = repository.proposed(branch);
  auto value = commit ? value_at(repository, *commit, file, read) : std::nullopt;
  if (!value) {
    return std::nullopt;
  }
  const auto parent = repository.parent(*commit);
  return OpenProposal{.branch = std::move(branch),
                      .commit = std::move(*commit),
                      .value = std::move(*value),
                      .base = parent ? value_at(repository, *parent, file, read) : std::nullopt};
}

}  // namespace engine
