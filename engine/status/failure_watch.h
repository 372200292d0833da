// Tells a failure of Flux's that may pass from one that lasts: it counts when the attempt after it
// has failed too (specification, section 3, `rollout_status`). Belongs to one thread.
#pragma once

#include <optional>
#include <string>

#include "engine/cluster/cluster.h"

namespace engine {

class FailureWatch {
 public:
  // To be told of each look at the object. Whether two attempts have failed one after the other.
  bool has_failed_again(const std::optional<ReadyCondition>& ready,
                        const std::optional<FluxRevision>& attempted);

 private:
  std::optional<std::string> first_;  // names the attempt that was seen to fail first
  bool was_tried_again_ = false;      // since then
};

}  // namespace engine
