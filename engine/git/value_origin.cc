// Which commit gave a place in a file its value, as far as GitObjectStore has the history.
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "engine/git/file_version.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/object_store.h"

namespace engine {
namespace {

// Enough for weeks of a busy repository; what is further back stays unknown.
constexpr std::size_t kMaxCommits = 5000;
// Of different versions of the file that are parsed. One of an ordinary size takes about 0.1 ms.
constexpr std::size_t kMaxParsedBytes = std::size_t{1} << 20U;

// Compares the values in versions of one file with the one that is looked for. Each blob is parsed
// once.
class Comparison {
 public:
  enum class Outcome { same, other, unknown };

  Comparison(git_repository* repository, const std::string& value, const ReadValue& read)
      : odb_(git_new<GitOdb>(git_repository_odb, repository)), value_(value), read_(read) {}

  Outcome compare(const FileVersion& version) {
    if (!version.known || !odb_) {
      return Outcome::unknown;
    }
    if (!version.blob) {
      return Outcome::other;
    }
    const std::string id = hex_of(*version.blob);
    const auto known = outcomes_.find(id);
    return known != outcomes_.end() ? known->second
                                    : outcomes_.emplace(id, parse(*version.blob)).first->second;
  }

 private:
  Outcome parse(const git_oid& id) {
    const auto blob = ManifestBlob::read(odb_.get(), id);
    if (!blob) {
      return blob.error().kind == BlobFault::Kind::unreadable ? Outcome::unknown : Outcome::other;
    }
    if (blob->bytes().size() > left_) {
      return Outcome::unknown;
    }
    left_ -= blob->bytes().size();
    const std::optional<std::string> value = read_(blob->bytes());
    return value == value_ ? Outcome::same : Outcome::other;
  }

  GitOdb odb_;
  const std::string& value_;
  const ReadValue& read_;
  std::size_t left_ = kMaxParsedBytes;
  std::map<std::string, Outcome, std::less<>> outcomes_;  // by the blob's id
};

struct Step {
  GitCommit commit;
  FileVersion version;
};

// The commit's parents as far as they are here.
std::vector<Step> parents_of(const git_commit* commit, const std::string& path) {
  std::vector<Step> parents;
  for (unsigned index = 0; index < git_commit_parentcount(commit); ++index) {
    if (GitCommit parent = git_new<GitCommit>(git_commit_parent, commit, index)) {
      const FileVersion version = version_at(parent.get(), path);
      parents.push_back({std::move(parent), version});
    }
  }
  return parents;
}

// The parent that has the value already, if one has. One with the same file needs no parsing.
Comparison::Outcome find_same(std::vector<Step>& parents, const Step& step, Comparison& comparison,
                              std::optional<Step>& found) {
  auto outcome = Comparison::Outcome::other;
  for (Step& parent : parents) {
    if (parent.version.is_same_file(step.version)) {
      found = std::move(parent);
      return Comparison::Outcome::same;
    }
  }
  for (Step& parent : parents) {
    const auto compared = comparison.compare(parent.version);
    if (compared == Comparison::Outcome::same) {
      found = std::move(parent);
      return compared;
    }
    if (compared == Comparison::Outcome::unknown) {
      outcome = compared;
    }
  }
  return outcome;
}

}  // namespace

std::optional<ValueOrigin> GitObjectStore::value_origin(const CommitId& head,
                                                        const RepositoryPath& path,
                                                        const std::string& value,
                                                        const ReadValue& read,
                                                        const std::function<bool()>& go_on) const {
  Comparison comparison(repository_.get(), value, read);
  Step step{find_commit(head), {}};
  if (!step.commit) {
    return std::nullopt;
  }
  step.version = version_at(step.commit.get(), path.text());
  for (std::size_t count = 0; count < kMaxCommits && go_on(); ++count) {
    const git_commit* const commit = step.commit.get();
    std::vector<Step> parents = parents_of(commit, path.text());
    std::optional<Step> same;
    const auto outcome = find_same(parents, step, comparison, same);
    if (outcome == Comparison::Outcome::same) {
      step = std::move(*same);
      continue;
    }
    const bool all_here = parents.size() == git_commit_parentcount(commit) &&
                          (!parents.empty() || is_first_commit(commit));
    const auto id = CommitId::parse(hex_of(*git_commit_id(commit)));
    const auto by = id ? authorship(*id) : std::nullopt;
    if (outcome == Comparison::Outcome::unknown || !all_here || !by) {
      return std::nullopt;
    }
    return ValueOrigin{*id, *by};
  }
  return std::nullopt;
}

}  // namespace engine
