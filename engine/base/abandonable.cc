#include "engine/base/abandonable.h"

#include <atomic>
#include <exception>
#include <system_error>
#include <thread>

#include "engine/base/time_limit.h"
#include "locking/mutex.h"

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
    const locking::MutexLock lock(mutex_);
    thrown_ = thrown;
    ended_ = true;
    if (abandoned_) {
      --abandoned();
    }
    changed_.notify_all();
  }

  // On the caller's thread: whether the work has ended within that time.
  bool wait(const Patience& patience) {
    const locking::MutexLock lock(mutex_);
    const auto ended = [this]() REQUIRES(mutex_) { return ended_; };
    if (changed_.wait_for(mutex_, patience.stop, patience.limit, ended)) {
      return true;
    }
    abandoned_ = true;
    ++abandoned();
    stop_.request_stop();
    return false;
  }

  // After the end.
  void rethrow() {
    const locking::MutexLock lock(mutex_);
    if (thrown_) {
      std::rethrow_exception(thrown_);
    }
  }

 private:
  std::function<void(const std::stop_token&)> work_;
  std::stop_source stop_;
  locking::Mutex mutex_;
  locking::StoppableCondition changed_;
  bool ended_ GUARDED_BY(mutex_) = false;
  bool abandoned_ GUARDED_BY(mutex_) = false;
  std::exception_ptr thrown_ GUARDED_BY(mutex_);
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
              " earlier reads have not ended yet.",
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
  std::thread thread;
  try {
    thread = std::thread([run] { run->execute(); });
  } catch (const std::system_error&) {
    run->execute();  // no thread can be had: better held up than refused
  }
  const bool ended = run->wait(patience);
  if (!ended) {
    thread.detach();
    return given_up(patience);
  }
  if (thread.joinable()) {
    thread.join();  // a process that exits before its last steps leaks what they free
  }
  run->rethrow();
  return std::nullopt;
}

}  // namespace engine
