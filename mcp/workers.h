// An io_context, and the threads on which it runs. One thread leads: it waits, takes in what comes
// and does the jobs that follow from it, so that a quick job wakes nobody up. If a job takes longer
// than a moment, another thread leads meanwhile; so a slow one does not delay the others. There are
// few threads where jobs are quick, and never more than one beside those that jobs block.
//
// Were several threads to run the io_context all the time, asio would wake one up for each event,
// which takes longer than a quick job.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include <asio/io_context.hpp>

#include "locking/mutex.h"

namespace mcp {

class Workers {
 public:
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
  void lead();
  void stand_by();
  void do_job(const std::function<void()>& job);
  void call_another() REQUIRES(mutex_);

  asio::io_context io_;
  locking::Mutex mutex_;
  locking::Condition changed_;
  std::vector<std::thread> others_ GUARDED_BY(mutex_);
  std::size_t leaders_ GUARDED_BY(mutex_) = 1;  // threads that run the io_context
  std::size_t busy_ GUARDED_BY(mutex_) = 0;     // of them, those in jobs
  std::uint64_t jobs_ended_ GUARDED_BY(mutex_) = 0;
  bool is_watched_ GUARDED_BY(mutex_) = false;  // by a thread that leads after a moment
};

}  // namespace mcp
