#include "engine/flux/lineage.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "engine/flux/remote_head.h"
#include "engine/git/object_store.h"

namespace engine {
namespace {

std::optional<std::string> problem_of(Result<void> fetched) {
  return fetched ? std::nullopt : std::optional(std::move(fetched.error().message));
}

}  // namespace

FoundLineage find_lineage(const FluxClone& clone, const std::string& branch, const CommitId& commit,
                          const CommitId& other, const CallContext& call) {
  const auto end = clone.clock().now() + clone.limit();
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - clone.clock().now());
  };
  const auto go_on = [&] {
    return !call.stop.stop_requested() && left() > std::chrono::milliseconds::zero();
  };
  std::optional<std::string> problem;
  for (std::size_t step = 0;; ++step) {
    // Again: what was fetched since may have moved where a shallow clone ends.
    const auto objects = GitObjectStore::open(clone.remote().clone);
    if (!objects) {
      return {Lineage::unknown, objects.error().message};
    }
    const Lineage lineage = objects->lineage(commit, other, go_on);
    if (lineage != Lineage::unknown || problem || step > kDeepeningSteps.size() || !go_on()) {
      return {lineage, std::move(problem)};
    }
    if (!objects->is_shallow()) {
      if (step > 0) {
        return {lineage, std::nullopt};
      }
      call.report("fetching " + branch + " of " + clone.shown_url());
      auto fetched = fetch_branch(clone, branch, call.stop);
      problem = fetched ? std::nullopt : std::optional(std::move(fetched.error().message));
      continue;
    }
    call.report("fetching older history of " + clone.shown_url());
    const auto commits =
        step < kDeepeningSteps.size() ? std::optional(kDeepeningSteps[step]) : std::nullopt;
    problem = problem_of(deepen_history(clone, branch, commits, left(), call.stop));
  }
}

}  // namespace engine
