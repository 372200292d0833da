// The threads of the server. What comes in is played by the test's thread, which posts it.
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include <asio/io_context.hpp>
#include <asio/post.hpp>
#include <gtest/gtest.h>

#include "mcp/workers.h"

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

constexpr int kJobs = 4;

class Workers : public testing::Test {
 protected:
  // Adds jobs as one event does.
  void add(int count, const std::function<void()>& job) {
    asio::post(io_, [this, count, job] {
      for (int i = 0; i < count; ++i) {
        workers_.run(job);
      }
    });
  }
  // Runs the workers while `client` does something, and until it has.
  void work(const std::function<void()>& client) {
    std::thread thread([&] {
      client();
      workers_.stop();
    });
    workers_.work();
    thread.join();
  }
  // Blocks until it is released.
  std::function<void()> blocking_job() {
    return [this] {
      begun_.add();
      released_.await(1);
      done_.add();
    };
  }

  mcp::Workers workers_{kJobs + 1};
  asio::io_context& io_ = workers_.io();
  Counter begun_;
  Counter released_;
  Counter done_;
};

TEST_F(Workers, WhatComesInIsTakenWhileAllJobsBlock) {
  work([&] {
    add(kJobs, blocking_job());
    begun_.await(kJobs);
    asio::post(io_, [&] { released_.add(); });
    done_.await(kJobs);
  });
}

TEST_F(Workers, AQuickJobDoesNotWaitForOnesThatBlock) {
  work([&] {
    add(kJobs - 1, blocking_job());
    begun_.await(kJobs - 1);
    Counter quick;
    add(1, [&] { quick.add(); });
    quick.await(1);
    released_.add();
    done_.await(kJobs - 1);
  });
}

// Quick jobs are done by the thread that took them in, and by others if one of them blocks.
TEST_F(Workers, OneThatBlocksAfterManyQuickOnesIsNotWaitedFor) {
  constexpr int kQuick = 100;
  work([&] {
    Counter quick;
    for (int i = 0; i < kQuick; ++i) {
      add(1, [&] { quick.add(); });
      quick.await(i + 1);
    }
    add(1, blocking_job());
    begun_.await(1);
    add(1, [&] { quick.add(); });
    quick.await(kQuick + 1);
    released_.add();
    done_.await(1);
  });
}

TEST_F(Workers, JobsOfOneEventRunSideBySide) {
  work([&] {
    add(kJobs, [&] {
      begun_.add();
      begun_.await(kJobs);
      done_.add();
    });
    done_.await(kJobs);
  });
}

TEST_F(Workers, AJobMayAddAnother) {
  work([&] {
    add(1, [&] {
      done_.add();
      workers_.run([&] { done_.add(); });
    });
    done_.await(2);
  });
}

// As many as may block, and one that waits.
TEST_F(Workers, AreAsManyAsTheJobsNeedAndOneMore) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  const auto note = [&] {
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
  };
  work([&] {
    for (int round = 1; round <= 20; ++round) {
      Counter begun;
      Counter done;
      add(kJobs, [&] {
        note();
        begun.add();
        begun.await(kJobs);
        done.add();
      });
      done.await(kJobs);
    }
    for (int i = 1; i <= 100; ++i) {
      Counter done;
      asio::post(io_, [&] {
        note();
        done.add();
      });
      done.await(1);
    }
  });
  EXPECT_GE(threads.size(), kJobs + 0U) << "all jobs of a round block at once";
  EXPECT_LE(threads.size(), kJobs + 1U);
}

// A thread is in its job a moment longer than the job takes, so now and then one more is made.
TEST_F(Workers, IdleThreadsAreUsedAgain) {
  mcp::Workers workers(50);
  asio::io_context& io = workers.io();
  constexpr int kMany = 50;
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::thread client([&] {
    for (int i = 0; i < kMany; ++i) {
      asio::post(io, [&] {
        workers.run([&] {
          {
            const std::lock_guard lock(mutex);
            threads.insert(std::this_thread::get_id());
          }
          done_.add();
        });
      });
      done_.await(i + 1);
    }
    workers.stop();
  });
  workers.work();
  client.join();
  EXPECT_LE(threads.size(), kMany / 5U);
}

TEST_F(Workers, GoOnAfterAHandlerThatThrows) {
  work([&] {
    asio::post(io_, [] { throw std::runtime_error("out of something"); });
    add(1, [&] { done_.add(); });
    done_.await(1);
  });
}

}  // namespace
