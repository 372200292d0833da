#include "engine/flux/clone_value_history.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "engine/base/beside.h"
#include "engine/git/object_store.h"

namespace engine {

void CloneValueHistory::begin(const CommitId& head, std::vector<PlaceWithValue> places) {
  stop_.request_stop();
  stop_ = std::stop_source();
  origins_ = std::async(kBeside, [&clone = clone_, head, places = std::move(places),
                                  caller = caller_, stop = stop_.get_token()] {
    std::vector<std::optional<ValueOrigin>> origins(places.size());
    const auto objects = clone.objects();
    const auto go_on = [&] { return !caller.stop_requested() && !stop.stop_requested(); };
    for (std::size_t i = 0; objects && i < places.size() && go_on(); ++i) {
      const PlaceWithValue& place = places[i];
      origins[i] = objects->value_origin(head, place.path, place.value, place.read, go_on);
    }
    return origins;
  });
}

// Who set the values is only added to the result, so the result does not wait long for it.
std::vector<std::optional<ValueOrigin>> CloneValueHistory::finish() {
  constexpr std::chrono::milliseconds kPatience{200};
  if (!origins_.valid()) {
    return {};
  }
  if (origins_.wait_for(kPatience) == std::future_status::timeout) {
    stop_.request_stop();
  }
  return origins_.get();
}

}  // namespace engine
