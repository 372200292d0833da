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
// Of one wait; the next one follows. If a wake-up is lost, an event, or the end, goes unnoticed
// this long. Those that stand by are many, so that they wait longer.
constexpr std::chrono::seconds kLongestWait{1};
constexpr std::chrono::seconds kLongestStandby{10};

}  // namespace

void Workers::work() {
  do_when_there_is_memory([this] { asio::post(standby_, [this] { lead(); }); });
  run_standby();
  join_others();
}

Workers::~Workers() {
  stop();
  join_others();
}

// None is started any more.
void Workers::join_others() {
  std::vector<std::thread> others;
  {
    const locking::MutexLock lock(mutex_);
    others.swap(others_);
  }
  for (std::thread& other : others) {
    other.join();
  }
}

void Workers::stop() {
  io_.stop();
  standby_.stop();
}

void Workers::run(std::function<void()> job) {
  asio::defer(io_, [this, job = std::move(job)] { do_job(job); });
}

void Workers::run_standby() {
  const auto work = asio::make_work_guard(standby_);
  while (!standby_.stopped()) {
    standby_.run_for(kLongestStandby);
  }
}

void Workers::lead() {
  const auto work = asio::make_work_guard(io_);
  do {
    try {
      io_.run_one_for(kLongestWait);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no memory; go on
    }
  } while (is_needed());
  // What this thread has deferred last is for the next one, which has to be told.
  do_when_there_is_memory([this] { asio::post(io_, [] {}); });
}

bool Workers::is_needed() {
  const locking::MutexLock lock(mutex_);
  if (io_.stopped() || leaders_ > busy_ + 1) {
    --leaders_;
    return false;
  }
  return true;
}

void Workers::do_job(const std::function<void()>& job) {
  {
    const locking::MutexLock lock(mutex_);
    ++busy_;
    if (leaders_ == busy_) {
      watch();
      start_another();
    }
  }
  job();
  const locking::MutexLock lock(mutex_);
  --busy_;
  ++jobs_ended_;
}

void Workers::watch() {
  if (is_watched_) {
    return;
  }
  do_when_there_is_memory([this]() REQUIRES(mutex_) {
    moment_.expires_after(kMoment);
    moment_.async_wait([this](std::error_code /*error*/) { on_moment(); });
  });
  is_watched_ = true;
  jobs_ended_before_ = jobs_ended_;
}

// Unless one stands by, who runs the timer.
void Workers::start_another() {
  const std::size_t threads = others_.size() + 1;
  if (leaders_ < threads || threads >= threads_ || standby_.stopped()) {
    return;
  }
  try {
    others_.emplace_back([this] { run_standby(); });
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): with fewer it goes slower
  }
}

void Workers::on_moment() {
  {
    const locking::MutexLock lock(mutex_);
    is_watched_ = false;
    if (leaders_ > busy_) {
      return;
    }
    if (jobs_ended_ != jobs_ended_before_) {
      watch();
      return;
    }
    ++leaders_;
  }
  lead();
}

}  // namespace mcp
