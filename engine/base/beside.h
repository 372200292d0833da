// How work is started that goes on beside the caller's.
#pragma once

#include <future>

namespace engine {

// For std::async: on a thread of its own; where the system has no more threads, on the thread that
// waits for the result, when it does. Both standard libraries prefer the first.
inline constexpr std::launch kBeside = std::launch::async | std::launch::deferred;

}  // namespace engine
