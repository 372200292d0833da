#include "engine/status/failure_watch.h"

#include "engine/status/judge.h"

namespace engine {

bool FailureWatch::has_failed_again(const std::optional<ReadyCondition>& ready,
                                    const std::optional<FluxRevision>& attempted) {
  if (!has_failed(ready)) {
    const bool has_recovered = ready && ready->status == ReadyCondition::Status::yes;
    if (has_recovered) {
      first_.reset();
    }
    was_tried_again_ = first_.has_value();
    return false;
  }
  // Flux says at the beginning of each attempt that it is not known whether the object is ready, so
  // that the time of the change is another one afterwards.
  const std::string attempt =
      ready->since.value_or("") + '\n' + (attempted ? attempted->text : std::string());
  if (!first_) {
    first_ = attempt;
    return false;
  }
  return was_tried_again_ || attempt != *first_;
}

}  // namespace engine
