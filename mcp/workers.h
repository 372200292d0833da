// A pool of threads that are made when there is work for them and none is idle.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mcp {

// `run` may be called from any thread. Jobs must not throw.
class Workers {
 public:
  explicit Workers(std::size_t most);
  // Waits for the jobs that run; those that wait are dropped.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs `job` on a thread of the pool. Throws std::system_error if there is no thread at all and
  // none can be made.
  void run(std::function<void()> job);

 private:
  void work();

  const std::size_t most_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace mcp
