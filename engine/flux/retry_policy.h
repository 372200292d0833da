// How often and after which pauses a lost push is tried again (specification, section 6): up to 40
// attempts within two minutes, with pauses drawn evenly between nothing and a bound, so that a
// crowd of writers spreads out. The bound grows, and is never less than what an attempt took. With
// longer pauses nobody pushes for half of the time; with none, all of them push in vain.
// Belongs to one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "engine/base/host.h"

namespace engine {

class RetryPolicy {
 public:
  static constexpr int kMaxAttempts = 40;
  static constexpr std::chrono::minutes kMaxTime{2};
  static constexpr std::chrono::milliseconds kFirstBound{20};
  static constexpr std::chrono::milliseconds kLastBound{10'000};

  // A number from 0 up to but not including 1.
  using Random = std::function<double()>;

  // Time counts from here on, when the first attempt begins.
  explicit RetryPolicy(const Clock& clock);
  RetryPolicy(const Clock& clock, Random random);

  // The pause between the attempt that has just ended and the next one, which begins after it;
  // nothing if there shall be no further one.
  std::optional<std::chrono::milliseconds> next_pause();

 private:
  const Clock& clock_;
  Random random_;
  Clock::TimePoint end_;
  Clock::TimePoint attempt_began_;
  int attempts_ = 1;  // the first one needs no pause
  double bound_ = static_cast<double>(kFirstBound.count());
};

}  // namespace engine
