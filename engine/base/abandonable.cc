#include "engine/base/abandonable.h"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "engine/base/time_limit.h"

namespace engine {
namespace {

// How many threads of this process have been left behind and have not ended.
std::atomic<std::size_t>& abandoned() {
  static std::atomic<std::size_t> count{0};
  return count;
}

// One piece of work, which its caller and its thread share.
class Run {
 public:
  explicit Run(std::function<void(const std::stop_token&)> work) : work_(std::move(work)) {}

  // On the work's thread.
  void execute() {
    std::exception_ptr thrown;
    try {
      work_(stop_.get_token());
    } catch (...) {
      thrown = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    thrown_ = thrown;
    ended_ = true;
    if (abandoned_) {
      --abandoned();
    }
    changed_.notify_all();
  }

  // On the caller's thread: whether the work has ended within that time.
  bool wait(const Patience& patience) {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, patience.stop, patience.limit, [this] { return ended_; })) {
      return true;
    }
    abandoned_ = true;
    ++abandoned();
    stop_.request_stop();
    return false;
  }

  // After the end.
  void rethrow() const {
    if (thrown_) {
      std::rethrow_exception(thrown_);
    }
  }

 private:
  std::function<void(const std::stop_token&)> work_;
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool ended_ = false;
  bool abandoned_ = false;
  std::exception_ptr thrown_;
};

Error given_up(const Patience& patience) {
  if (patience.stop.stop_requested()) {
    return {Code::cancelled, "Cancelled while " + patience.doing + "."};
  }
  return {Code::timeout, "Gave up " + patience.doing + " after " + in_seconds(patience.limit) + ".",
          "See whether the files there can be read (a network drive may not answer), then try "
          "again; ROLLOUT_TIMEOUT_SECONDS is the limit."};
}

Error too_many_abandoned(const Patience& patience) {
  return {Code::timeout,
          "Gave up " + patience.doing + " at once: " + std::to_string(kMaxAbandoned) +
              " earlier reads do not come to an end.",
          "See whether the projects' files can be read (a network drive may not answer), then "
          "start the server again."};
}

}  // namespace

std::optional<Error> run_abandonable(const Patience& patience,
                                     std::function<void(const std::stop_token&)> work) {
  if (abandoned() >= kMaxAbandoned) {
    return too_many_abandoned(patience);
  }
  const auto run = std::make_shared<Run>(std::move(work));
  try {
    std::thread([run] { run->execute(); }).detach();
  } catch (const std::system_error&) {
    run->execute();  // no thread can be had: better held up than refused
  }
  if (!run->wait(patience)) {
    return given_up(patience);
  }
  run->rethrow();
  return std::nullopt;
}

}  // namespace engine
