#include "engine/open_proposal.h"

#include <utility>
#include <vector>

#include "engine/flux/proposal.h"

namespace engine {

std::optional<OpenProposal> find_open_proposal(FluxRepository& repository, const std::string& group,
                                               const RepositoryPath& file, const ReadValue& read,
                                               const CallContext& call) {
  std::string branch = proposal_branch(std::vector<std::string>{group});
  auto commit = repository.proposed(branch);
  const auto bytes = commit ? repository.bring_file(*commit, file, call)
                            : Result<std::string>(fail(Code::bad_path, "no proposal"));
  auto value = bytes ? read(*bytes) : std::nullopt;
  if (!value) {
    return std::nullopt;
  }
  OpenProposal found{
      .branch = std::move(branch), .commit = std::move(*commit), .value = std::move(*value)};
  auto parted = repository.divergence(found.commit, call);
  if (!parted) {
    found.problem = std::move(parted.error().message);
  } else if (parted->known) {
    found.merged = parted->is_merged;
  }
  return found;
}

}  // namespace engine
