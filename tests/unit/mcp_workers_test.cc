#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "mcp/workers.h"

namespace {

// Counts, and lets a thread wait for a number.
class Counter {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  void await(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

TEST(Workers, JobsRunSideBySideUpToTheLimit) {
  Counter arrived;
  Counter opened;
  std::atomic<int> running = 0;
  std::atomic<int> most = 0;
  {
    mcp::Workers workers(3);
    for (int i = 0; i < 9; ++i) {
      workers.run([&] {
        const int now = ++running;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        arrived.add();
        opened.await(1);
        --running;
      });
    }
    arrived.await(3);
    EXPECT_EQ(running, 3);
    opened.add();
    arrived.await(9);
  }
  EXPECT_EQ(most, 3);
}

TEST(Workers, AnIdleThreadIsUsedAgain) {
  std::set<std::thread::id> threads;
  std::mutex mutex;
  mcp::Workers workers(8);
  for (int i = 1; i <= 20; ++i) {
    Counter done;
    workers.run([&] {
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      done.add();
    });
    done.await(1);
  }
  const std::lock_guard lock(mutex);
  EXPECT_LE(threads.size(), 8U);
}

TEST(Workers, TheEndWaitsForWhatRuns) {
  Counter begun;
  std::atomic<bool> finished = false;
  std::thread opener;
  Counter opened;
  {
    mcp::Workers workers(1);
    workers.run([&] {
      begun.add();
      opened.await(1);
      finished = true;
    });
    begun.await(1);
    opener = std::thread([&] { opened.add(); });
  }
  EXPECT_TRUE(finished);
  opener.join();
}

}  // namespace
