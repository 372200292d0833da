#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "mcp/crew.h"

namespace {

// A number that threads change and wait for.
class Counter {
 public:
  int add(int change = 1) {
    const std::lock_guard lock(mutex_);
    count_ += change;
    changed_.notify_all();
    return count_;
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

TEST(Crew, OneLeadsOnWhileJobsBlock) {
  constexpr int kJobs = 3;
  mcp::Crew crew(kJobs);
  Counter begun;
  Counter released;
  Counter done;
  Counter leading;
  int turns = 0;
  crew.work([&] {
    EXPECT_EQ(leading.add(), 1);
    ++turns;  // by one thread at a time
    if (turns <= kJobs) {
      crew.run([&] {
        begun.add();
        released.await(1);
        done.add();
      });
    } else {
      begun.await(kJobs);  // all jobs block, and another thread is here nevertheless
      released.add();
      done.await(kJobs);
    }
    leading.add(-1);
    return turns <= kJobs;
  });
  EXPECT_EQ(turns, kJobs + 1);
}

// Quick jobs leave the lead to be taken over by an idle thread, which is not called for it.
TEST(Crew, OneLeadsOnWhenAJobAfterQuickOnesBlocks) {
  constexpr int kQuick = 100;
  mcp::Crew crew(4);
  Counter done;
  Counter released;
  int turns = 0;
  crew.work([&] {
    ++turns;
    done.await(std::min(turns - 1, kQuick));
    if (turns <= kQuick) {
      crew.run([&] { done.add(); });
    } else if (turns == kQuick + 1) {
      crew.run([&] {
        released.await(1);
        done.add();
      });
    } else {
      released.add();
      done.await(kQuick + 1);
    }
    return turns < kQuick + 2;
  });
  EXPECT_EQ(turns, kQuick + 2);
}

TEST(Crew, JobsOfOneTurnRunSideBySide) {
  constexpr int kJobs = 4;
  mcp::Crew crew(kJobs);
  Counter begun;
  Counter done;
  bool first = true;
  crew.work([&] {
    if (!std::exchange(first, false)) {
      done.await(kJobs);
      return false;
    }
    for (int i = 0; i < kJobs; ++i) {
      crew.run([&] {
        begun.add();
        begun.await(kJobs);
        done.add();
      });
    }
    return true;
  });
}

TEST(Crew, AJobMayAddAnother) {
  mcp::Crew crew(1);
  Counter done;
  bool first = true;
  crew.work([&] {
    if (!std::exchange(first, false)) {
      done.await(2);
      return false;
    }
    crew.run([&] {
      done.add();
      crew.run([&] { done.add(); });
    });
    return true;
  });
}

// A thread is idle a moment after its job has ended, so now and then one more is made.
TEST(Crew, IdleThreadsAreUsedAgain) {
  constexpr int kJobs = 50;
  mcp::Crew crew(kJobs);
  std::mutex mutex;
  std::set<std::thread::id> threads;
  Counter done;
  int turns = 0;
  crew.work([&] {
    done.await(turns);
    if (++turns > kJobs) {
      return false;
    }
    crew.run([&] {
      {
        const std::lock_guard lock(mutex);
        threads.insert(std::this_thread::get_id());
      }
      done.add();
    });
    return true;
  });
  EXPECT_LE(threads.size(), kJobs / 5U);
}

}  // namespace
