// How long one child process, and the wait for another rollout, may take (specification, section
// 2).
#pragma once

#include <chrono>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

inline constexpr std::chrono::seconds kMaxTimeLimit{86400};

// ROLLOUT_TIMEOUT_SECONDS, a whole number of seconds from 1 to a day; `bad_config` for another
// value. For what makes a Host, and for the doctor: everything else has the host's.
Result<std::chrono::milliseconds> time_limit(const Environment& environment);

// "120 s", as messages have it; rounded up.
std::string in_seconds(std::chrono::milliseconds limit);

}  // namespace engine
