#include "engine/flux/clone_work_tree.h"

#include <utility>

namespace engine {
namespace {

// What is said where the clone's work tree could not be brought to the pushed commit. The next
// rollout does that only if what was in the way passes by itself.
std::string stale_work_tree(const Error& why) {
  const bool passes = why.code == Code::disk_full || why.code == Code::locked ||
                      why.code == Code::timeout || why.code == Code::unreachable;
  const std::string start = "The clone's work tree is not up to date";
  return passes ? start + "; the next rollout corrects it. " + why.message
                : start + ". " + why.message + (why.hint.empty() ? "" : " " + why.hint);
}

}  // namespace

void CloneWorkTree::begin(const RemoteHead& base) {
  scan_.emplace(clone_, base.branch, base.commit);
}

std::optional<std::string> CloneWorkTree::finish(const RemoteHead& base,
                                                 const std::optional<CommitId>& commit,
                                                 const std::vector<RepositoryPath>& files) {
  if (commit && scan_ && scan_->found_clean_at(base.commit) &&
      advance_work_tree(clone_, base.branch, *commit, files)) {
    return std::nullopt;
  }
  auto reset = reset_work_tree(clone_, base.branch, commit.value_or(base.commit), files);
  if (!reset) {
    return stale_work_tree(reset.error());
  }
  return reset->empty() ? std::nullopt : std::optional(std::move(*reset));
}

}  // namespace engine
