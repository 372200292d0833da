#include "mcp/crew.h"

#include <exception>
#include <utility>

namespace mcp {

void Crew::work(const std::function<bool()>& lead) {
  take_turns(lead);
  for (std::thread& other : others_) {
    other.join();
  }
}

void Crew::run(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
}

void Crew::take_turns(const std::function<bool()>& lead) {
  std::unique_lock lock(mutex_);
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
      stand_by(lock);
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
void Crew::stand_by(std::unique_lock<std::mutex>& lock) {
  ++idle_;
  const auto called = [this] { return ended_ || !jobs_.empty(); };
  if (!std::exchange(watched_, true)) {
    while (!changed_.wait_for(lock, kMoment, called) && std::exchange(led_, false)) {
    }
    watched_ = false;
  }
  changed_.wait(lock, [&] { return called() || !somebody_leads_; });
  --idle_;
}

}  // namespace mcp
