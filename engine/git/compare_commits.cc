// How two commits stand to each other, as far as GitObjectStore has the history.
#include <cstddef>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <utility>

#include "engine/git/file_version.h"
#include "engine/git/object_store.h"

namespace engine {
namespace {

// Of both histories together. Bounds the memory, about 100 bytes for each.
constexpr std::size_t kMaxCommits = 400'000;

// Goes through the history of a commit, the newest first, and looks for another one.
class Search {
 public:
  Search(git_repository* repository, const git_oid& from, const git_oid& wanted)
      : repository_(repository), wanted_(wanted) {
    add(from);
  }

  bool found() const { return found_; }
  // Whether everything was seen, and all of it was there.
  bool is_complete() const { return pending_.empty() && !is_cut_; }
  bool is_over() const { return found_ || pending_.empty(); }
  std::size_t seen() const { return seen_.size(); }

  void step() {
    const git_oid id = pending_.top().second;
    pending_.pop();
    const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_, &id);
    if (!commit) {
      is_cut_ = true;
      return;
    }
    const unsigned count = git_commit_parentcount(commit.get());
    is_cut_ = is_cut_ || (count == 0 && !is_first_commit(commit.get()));
    for (unsigned index = 0; index < count && !found_; ++index) {
      add(*git_commit_parent_id(commit.get(), index));
    }
  }

 private:
  using Pending = std::pair<git_time_t, git_oid>;
  struct Older {
    bool operator()(const Pending& one, const Pending& other) const {
      return one.first < other.first;
    }
  };

  void add(const git_oid& id) {
    found_ = found_ || git_oid_equal(&id, &wanted_) != 0;
    if (found_ || !seen_.insert(id).second) {
      return;
    }
    const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_, &id);
    if (commit) {
      pending_.emplace(git_commit_time(commit.get()), id);
    } else {
      is_cut_ = true;
    }
  }

  git_repository* repository_;
  const git_oid wanted_;
  std::set<git_oid, OidLess> seen_;
  std::priority_queue<Pending, std::vector<Pending>, Older> pending_;
  bool found_ = false;
  bool is_cut_ = false;  // the history ends somewhere because it is not here
};

}  // namespace

Lineage GitObjectStore::lineage(const CommitId& commit, const CommitId& other,
                                const std::function<bool()>& go_on) const {
  const GitCommit one = find_commit(commit);
  const GitCommit two = find_commit(other);
  if (!one || !two) {
    return Lineage::unknown;
  }
  const git_oid& one_id = *git_commit_id(one.get());
  const git_oid& two_id = *git_commit_id(two.get());
  // By turns: whichever is the nearer answer, the whole history is not read for it.
  Search down(repository_.get(), one_id, two_id);
  Search up(repository_.get(), two_id, one_id);
  while (!down.found() && !up.found() && !(down.is_over() && up.is_over())) {
    if (down.seen() + up.seen() > kMaxCommits || !go_on()) {
      return Lineage::unknown;
    }
    if (!down.is_over()) {
      down.step();
    }
    if (!up.is_over() && !down.found()) {
      up.step();
    }
  }
  if (down.found()) {
    return Lineage::contains;
  }
  if (up.found()) {
    return Lineage::before;
  }
  return down.is_complete() ? Lineage::apart : Lineage::unknown;
}

}  // namespace engine
