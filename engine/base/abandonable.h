// Work that the system may hold up for as long as it likes (a look at a file on a network drive
// that does not answer, a pipe that nobody writes to) and that no signal and no flag can end. It
// runs on a thread of its own, which its caller leaves behind when the time is over.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/base/result.h"

namespace engine {

// How long such work is waited for, and what it is called in messages.
struct Patience {
  std::string doing;  // "reading the project '/p'": follows "Gave up"
  std::chrono::milliseconds limit;
  std::stop_token stop;
};

// So many threads may be left behind before further work is refused at once.
inline constexpr std::size_t kMaxAbandoned = 64;

// Runs `work` and returns nothing once it has ended; what it throws is thrown here. `timeout` when
// the limit is over, `cancelled` when stop is requested: then `work` goes on by itself until it
// looks at its stop token or ends, so it must own all that it uses. A process can exit meanwhile.
// From any thread.
std::optional<Error> run_abandonable(const Patience& patience,
                                     std::function<void(const std::stop_token&)> work);

// The same for work that returns a result.
template <class T>
Result<T> abandonable(const Patience& patience,
                      std::function<Result<T>(const std::stop_token&)> work) {
  const auto outcome = std::make_shared<std::optional<Result<T>>>();
  auto given_up = run_abandonable(
      patience,
      [outcome, work = std::move(work)](const std::stop_token& stop) { *outcome = work(stop); });
  if (given_up) {
    return Failure(std::move(*given_up));
  }
  return std::move(**outcome);
}

}  // namespace engine
