#include "engine/base/timed_stop.h"

namespace engine {

using std::chrono::milliseconds;

TimedStop::TimedStop(const std::stop_token& other, std::optional<milliseconds> limit,
                     milliseconds grace)
    : on_other_(other,
                [this] {
                  const locking::MutexLock lock(mutex_);
                  other_stopped_ = true;
                  changed_.notify_all();
                }),
      thread_([this, limit, grace](const std::stop_token& unneeded) {
        wait(unneeded, limit, grace);
      }) {}

void TimedStop::wait(const std::stop_token& unneeded, std::optional<milliseconds> limit,
                     milliseconds grace) {
  {
    const locking::MutexLock lock(mutex_);
    const auto stopped = [this]() REQUIRES(mutex_) { return other_stopped_; };
    if (limit) {
      changed_.wait_for(mutex_, unneeded, *limit, stopped);
    } else {
      changed_.wait(mutex_, unneeded, stopped);
    }
    if (other_stopped_ && grace > milliseconds::zero()) {
      changed_.wait_for(mutex_, unneeded, grace, [] { return false; });
    }
  }
  if (!unneeded.stop_requested()) {
    source_.request_stop();
  }
}

}  // namespace engine
