// What a rollout's wait saw, as the object `live` of its result. Pure functions, for any thread.
#pragma once

#include "engine/rollout_live.h"
#include "json/json.h"

namespace tools {

OrderedJson to_json(const engine::Live& live);

}  // namespace tools
