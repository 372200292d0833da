// The server's threads, a leader/followers pool. One thread at a time leads: it waits for input and
// takes it in. It does the job itself, while another thread becomes the leader: at once, or, if
// jobs follow each other closely, after a moment if the first thread has not finished by then. So a
// quick job wakes no other thread, and a slow one does not delay the others. Knows nothing of
// requests.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "locking/mutex.h"

namespace mcp {

class Crew {
 public:
  // At most `jobs` are to run at once, which is for the caller to see to; threads are made when
  // they are needed.
  explicit Crew(std::size_t jobs) : most_threads_(jobs + 1) {}

  // Works on this thread and others, until `lead` returns false. By then all jobs must have ended.
  void work(const std::function<bool()>& lead);
  // Adds a job, which must not throw. Only from within `lead` or a job: the thread does it next.
  void run(std::function<void()> job);

 private:
  static constexpr std::chrono::milliseconds kMoment{1};  // a quick job takes less

  void take_turns(const std::function<bool()>& lead);
  void call_another(const std::function<bool()>& lead) REQUIRES(mutex_);
  void stand_by() REQUIRES(mutex_);
  bool is_called() const REQUIRES(mutex_) { return ended_ || !jobs_.empty(); }

  const std::size_t most_threads_;
  locking::Mutex mutex_;
  locking::Condition changed_;
  std::deque<std::function<void()>> jobs_ GUARDED_BY(mutex_);
  std::vector<std::thread> others_ GUARDED_BY(mutex_);
  std::size_t idle_ GUARDED_BY(mutex_) = 0;
  bool somebody_leads_ GUARDED_BY(mutex_) = false;
  // An idle thread looks every kMoment whether a thread leads.
  bool watched_ GUARDED_BY(mutex_) = false;
  bool led_ GUARDED_BY(mutex_) = false;  // since it looked last
  bool ended_ GUARDED_BY(mutex_) = false;
};

}  // namespace mcp
