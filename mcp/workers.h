// An io_context, and the threads that run it: a leader/followers pool. One thread leads: it waits,
// takes in what comes and does the jobs that follow from it, so that a quick job needs no other
// thread. If a job takes longer than a moment, another thread leads meanwhile, so that a slow one
// does not delay the others. A thread is started when it is first needed: that takes longer than a
// quick job, and most servers need only a few.
//
// If several threads ran the io_context all the time, asio would wake one up for each event, which
// takes longer than a quick job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "locking/mutex.h"

namespace mcp {

class Workers {
 public:
  // On at most so many threads, this one included: one more than there are jobs that may block at
  // once.
  explicit Workers(std::size_t threads) : threads_(threads) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers();

  asio::io_context& io() { return io_; }
  // Runs the io_context on this thread and others, until stop(); then waits for the jobs that still
  // run. What a handler throws is ignored.
  void work();
  // From any thread; needs no memory.
  void stop();
  // Adds a job, which must not throw. It runs soon: on this thread when that has ended the handler
  // or the job that it is in, or on another. Throws std::bad_alloc, and then does not add it.
  void run(std::function<void()> job);

 private:
  void join_others();
  void run_standby();
  void lead();
  bool is_needed();
  void do_job(const std::function<void()>& job);
  void watch() REQUIRES(mutex_);
  void start_another() REQUIRES(mutex_);
  void on_moment();

  const std::size_t threads_;
  asio::io_context io_;
  asio::io_context standby_;  // runs the threads that do not lead
  locking::Mutex mutex_;
  std::vector<std::thread> others_ GUARDED_BY(mutex_);
  asio::steady_timer moment_ GUARDED_BY(mutex_){standby_};
  bool is_watched_ GUARDED_BY(mutex_) = false;  // by the timer
  std::size_t leaders_ GUARDED_BY(mutex_) = 1;  // threads that run io_
  std::size_t busy_ GUARDED_BY(mutex_) = 0;     // of them, those in jobs
  std::uint64_t jobs_ended_ GUARDED_BY(mutex_) = 0;
  std::uint64_t jobs_ended_before_ GUARDED_BY(mutex_) = 0;  // when the timer was set
};

}  // namespace mcp
