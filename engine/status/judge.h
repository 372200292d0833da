// Tells from what was seen how far an image has come. Never says that it is live unless that is
// proven, nor that it is not applied where that cannot be told. Pure functions, for any thread.
#pragma once

#include "engine/status/facts.h"
#include "engine/status/status.h"

namespace engine {

LiveStatus judge(const StatusFacts& facts);

// Without a cluster: what follows the commit is unknown, and `why`.
LiveStatus judge_without_cluster(Stage committed, const std::string& why);

// Whether what Flux says of its last attempt is that it failed. What waits for something else, or
// is under way, has not failed.
bool has_failed(const std::optional<ReadyCondition>& ready);

}  // namespace engine
