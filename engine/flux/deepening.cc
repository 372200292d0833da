#include "engine/flux/deepening.h"

#include <chrono>
#include <cstddef>
#include <optional>

#include "engine/flux/remote_head.h"

namespace engine {

Result<void> deepen_until(const FluxClone& clone, const std::string& branch,
                          const Suffices& suffices, const CallContext& call) {
  const auto end = clone.clock().now() + clone.limit();
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end - clone.clock().now());
  };
  const auto go_on = [&] {
    return !call.stop.stop_requested() && left() > std::chrono::milliseconds::zero();
  };
  for (std::size_t step = 0;; ++step) {
    // Again: what was fetched since may have moved where a shallow clone ends.
    auto objects = GitObjectStore::open(clone.remote().clone);
    RETURN_IF_FAILED(objects);
    if (suffices(*objects, go_on) || step > kDeepeningSteps.size() || !go_on()) {
      return {};
    }
    if (!objects->is_shallow()) {
      if (step > 0) {
        return {};
      }
      call.report("fetching " + branch + " of " + clone.shown_url());
      RETURN_IF_FAILED(fetch_branch(clone, branch, call.stop));
      continue;
    }
    call.report("fetching older history of " + clone.shown_url());
    const auto commits =
        step < kDeepeningSteps.size() ? std::optional(kDeepeningSteps[step]) : std::nullopt;
    RETURN_IF_FAILED(deepen_history(clone, branch, commits, left(), call.stop));
  }
}

}  // namespace engine
