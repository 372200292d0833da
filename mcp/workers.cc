#include "mcp/workers.h"

#include <chrono>
#include <exception>
#include <utility>

#include <asio/defer.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include "mcp/memory.h"

namespace mcp {
namespace {

constexpr std::chrono::milliseconds kMoment{1};  // a quick job takes less
// Of one wait; the next one follows. If a wake-up is lost, an event goes unnoticed this long.
constexpr std::chrono::seconds kLongestWait{1};

// Ends the leading of a thread whose job another thread did not wait for.
struct Relieved {};

}  // namespace

void Workers::work() {
  lead();
  stand_by();
  locking::MutexLock lock(mutex_);
  while (!others_.empty()) {  // the last jobs may make more
    std::thread other = std::move(others_.back());
    others_.pop_back();
    lock.unlock();
    other.join();
    lock.lock();
  }
}

void Workers::stop() {
  io_.stop();
  const locking::MutexLock lock(mutex_);
  changed_.notify_all();
}

void Workers::run(std::function<void()> job) {
  asio::defer(io_, [this, job = std::move(job)] { do_job(job); });
}

void Workers::lead() {
  const auto work = asio::make_work_guard(io_);
  while (!io_.stopped()) {
    try {
      io_.run_for(kLongestWait);
    } catch (const Relieved&) {
      // What this thread has deferred last is for the next one, which has to be told.
      do_when_there_is_memory([this] { asio::post(io_, [] {}); });
      return;
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no memory; go on
    }
  }
}

void Workers::stand_by() {
  locking::MutexLock lock(mutex_);
  while (!io_.stopped()) {
    if (leaders_ > busy_ || is_watched_) {
      changed_.wait(mutex_);
      continue;
    }
    is_watched_ = true;
    const auto ended = jobs_ended_;
    changed_.wait_for(mutex_, kMoment, [this] { return io_.stopped(); });
    is_watched_ = false;
    if (leaders_ == busy_ && jobs_ended_ == ended) {
      ++leaders_;
      lock.unlock();
      lead();
      lock.lock();
    }
  }
}

void Workers::do_job(const std::function<void()>& job) {
  locking::MutexLock lock(mutex_);
  ++busy_;
  if (leaders_ == busy_ && !is_watched_) {
    call_another();
  }
  lock.unlock();
  job();
  lock.lock();
  --busy_;
  ++jobs_ended_;
  if (leaders_ > busy_ + 1) {
    --leaders_;
    throw Relieved();
  }
}

// Where no thread can be made, nobody leads until a job has ended.
void Workers::call_another() {
  if (others_.size() + 1 > leaders_) {
    changed_.notify_one();
    return;
  }
  try {
    others_.emplace_back([this] { stand_by(); });
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): said above
  }
}

}  // namespace mcp
