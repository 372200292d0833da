// The server's threads. One of them leads: it waits for what comes from outside and takes it in.
// What is to be done then is done by the same thread, while another leads on. So a request is not
// handed from thread to thread, and one that blocks holds nobody up. Knows nothing of requests.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

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
  void take_turns(const std::function<bool()>& lead);
  void call_another(const std::function<bool()>& lead);

  const std::size_t most_threads_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> others_;
  std::size_t idle_ = 0;
  bool somebody_leads_ = false;
  bool ended_ = false;
};

}  // namespace mcp
