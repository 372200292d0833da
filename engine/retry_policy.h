// How often and after which pauses a lost push is tried again (CONTRACT section 6): up to 40
// attempts within two minutes, with growing pauses, each drawn evenly between nothing and its
// growing bound, so that a crowd of writers spreads out. Belongs to one thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "engine/host.h"

namespace engine {

class RetryPolicy {
 public:
  static constexpr int kMostAttempts = 40;
  static constexpr std::chrono::minutes kMostTime{2};
  static constexpr std::chrono::milliseconds kFirstBound{200};
  static constexpr std::chrono::milliseconds kLastBound{5000};

  // A number from 0 up to but not including 1.
  using Random = std::function<double()>;

  // Time counts from here on.
  explicit RetryPolicy(const Clock& clock);
  RetryPolicy(const Clock& clock, Random random);

  // The pause before the next attempt; nothing if there shall be no further one.
  std::optional<std::chrono::milliseconds> next_pause();

 private:
  const Clock& clock_;
  Random random_;
  Clock::TimePoint end_;
  int attempts_ = 1;  // the first one needs no pause
  double bound_ = static_cast<double>(kFirstBound.count());
};

}  // namespace engine
