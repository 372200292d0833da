#include "mcp/crew.h"

#include <exception>
#include <utility>

namespace mcp {

void Crew::work(const std::function<bool()>& lead) {
  take_turns(lead);
  std::vector<std::thread> others;
  {
    const locking::MutexLock lock(mutex_);
    others.swap(others_);
  }
  for (std::thread& other : others) {
    other.join();
  }
}

void Crew::run(std::function<void()> job) {
  const locking::MutexLock lock(mutex_);
  jobs_.push_back(std::move(job));
}

void Crew::take_turns(const std::function<bool()>& lead) {
  locking::MutexLock lock(mutex_);
  while (!ended_) {
    if (!jobs_.empty()) {
      const std::function<void()> job = std::move(jobs_.front());
      jobs_.pop_front();
      call_another(lead);
      lock.unlock();
      job();
      lock.lock();
    } else if (!somebody_leads_) {
      somebody_leads_ = led_ = true;
      lock.unlock();
      const bool go_on = lead();
      lock.lock();
      somebody_leads_ = false;
      if (!go_on) {
        ended_ = true;
        changed_.notify_all();
      }
    } else {
      stand_by();
    }
  }
}

// Another thread has to lead, or to do the next job, while this one is busy.
void Crew::call_another(const std::function<bool()>& lead) {
  if (jobs_.empty() && (somebody_leads_ || watched_)) {
    return;
  }
  if (idle_ > 0) {
    changed_.notify_one();
  } else if (others_.size() + 1 < most_threads_) {
    try {
      others_.emplace_back([this, &lead] { take_turns(lead); });
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): this thread comes back
    }
  }
}

// Returns when there is a job, or the lead to take. One thread at a time watches for as long as
// turns follow each other within a moment.
void Crew::stand_by() {
  ++idle_;
  if (!std::exchange(watched_, true)) {
    const auto called = [this]() REQUIRES(mutex_) { return is_called(); };
    while (!changed_.wait_for(mutex_, kMoment, called) && std::exchange(led_, false)) {
    }
    watched_ = false;
  }
  changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return is_called() || !somebody_leads_; });
  --idle_;
}

}  // namespace mcp
