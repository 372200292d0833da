// A stop token that time requests, for work that has to end in time.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <thread>

#include "locking/mutex.h"

namespace engine {

// Requests its stop from a thread of its own, which ends with it. Thread-safe; throws
// std::system_error where no thread can be made.
class TimedStop {
 public:
  // When the time is over, or `other` is requested.
  static TimedStop at_limit(std::chrono::milliseconds limit, const std::stop_token& other) {
    return TimedStop(other, limit, std::chrono::milliseconds::zero());
  }
  // So long after `other` is requested: for what is better brought to its end.
  static TimedStop after(const std::stop_token& other, std::chrono::milliseconds grace) {
    return TimedStop(other, std::nullopt, grace);
  }
  TimedStop(const TimedStop&) = delete;
  TimedStop& operator=(const TimedStop&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  TimedStop(const std::stop_token& other, std::optional<std::chrono::milliseconds> limit,
            std::chrono::milliseconds grace);
  void wait(const std::stop_token& unneeded, std::optional<std::chrono::milliseconds> limit,
            std::chrono::milliseconds grace);

  std::stop_source source_;
  locking::Mutex mutex_;
  locking::StoppableCondition changed_;
  bool other_stopped_ GUARDED_BY(mutex_) = false;
  std::stop_callback<std::function<void()>> on_other_;
  std::jthread thread_;
};

}  // namespace engine
