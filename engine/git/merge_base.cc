#include "engine/git/merge_base.h"

#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "engine/git/file_version.h"

namespace engine {
namespace {

// Of both histories together. Bounds the memory, about 200 bytes for each.
constexpr std::size_t kMaxPainted = 400'000;

// What is known of a commit.
constexpr unsigned kOfOne = 1;
constexpr unsigned kOfOther = 2;
constexpr unsigned kOfBoth = kOfOne | kOfOther;
constexpr unsigned kBelowBase = 4;  // a common ancestor of which a better one is known

// git's own way: both histories are painted, the newest commits first, until what is left to look
// at is below a common ancestor.
class Painting {
 public:
  explicit Painting(git_repository* repository) : repository_(repository) {}

  void paint(const git_oid& id, unsigned paint) {
    const auto [place, is_new] = painted_.try_emplace(id);
    Painted& painted = place->second;
    if (is_new) {
      const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_, &id);
      if (!commit) {
        is_cut_ = true;
        painted_.erase(place);
        return;
      }
      painted.time = git_commit_time(commit.get());
    }
    const bool was_below = is_below_base(painted.paint);
    if ((painted.paint | paint) == painted.paint) {
      return;
    }
    painted.paint |= paint;
    if (pending_.emplace(painted.time, id).second) {
      above_base_ += is_below_base(painted.paint) ? 0 : 1;
    } else if (!was_below && is_below_base(painted.paint)) {
      --above_base_;
    }
  }

  bool is_over() const { return above_base_ == 0; }
  bool is_cut() const { return is_cut_; }
  std::size_t seen() const { return painted_.size(); }

  void step() {
    const auto newest = std::prev(pending_.end());
    const git_oid id = newest->second;
    pending_.erase(newest);
    unsigned paint_of_parents = painted_.at(id).paint;
    above_base_ -= is_below_base(paint_of_parents) ? 0 : 1;
    if (paint_of_parents == kOfBoth) {
      bases_.push_back(id);
      paint_of_parents |= kBelowBase;
    }
    const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_, &id);
    const unsigned count = commit ? git_commit_parentcount(commit.get()) : 0;
    is_cut_ = is_cut_ || !commit || (count == 0 && !is_first_commit(commit.get()));
    for (unsigned index = 0; index < count; ++index) {
      paint(*git_commit_parent_id(commit.get(), index), paint_of_parents);
    }
  }

  // Once it is over. They were found newest first.
  std::optional<git_oid> base() const {
    for (const git_oid& id : bases_) {
      if (!is_below_base(painted_.at(id).paint)) {
        return id;
      }
    }
    return std::nullopt;
  }

 private:
  struct Painted {
    unsigned paint = 0;
    git_time_t time = 0;
  };
  struct Older {
    bool operator()(const std::pair<git_time_t, git_oid>& one,
                    const std::pair<git_time_t, git_oid>& other) const {
      return one.first != other.first ? one.first < other.first
                                      : OidLess()(one.second, other.second);
    }
  };

  static bool is_below_base(unsigned paint) { return (paint & kBelowBase) != 0; }

  git_repository* repository_;
  std::map<git_oid, Painted, OidLess> painted_;
  std::set<std::pair<git_time_t, git_oid>, Older> pending_;
  std::size_t above_base_ = 0;  // of those that are pending
  std::vector<git_oid> bases_;
  bool is_cut_ = false;  // the history ends somewhere because it is not here
};

}  // namespace

MergeBase merge_base(git_repository* repository, const git_oid& one, const git_oid& other,
                     const std::function<bool()>& go_on) {
  Painting painting(repository);
  painting.paint(one, kOfOne);
  painting.paint(other, kOfOther);
  while (!painting.is_over()) {
    if (painting.seen() > kMaxPainted || !go_on()) {
      return {};
    }
    painting.step();
  }
  const auto base = painting.base();
  return {base, base || !painting.is_cut()};
}

}  // namespace engine
