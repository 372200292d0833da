#include "engine/process/interrupt.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <future>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

namespace {

// The process that runs the tests may ignore signals, as a shell does for a job in the background.
class Interrupt : public testing::Test {
 protected:
  Interrupt() {
    for (const int signal : kSignals) {
      before_.push_back(std::signal(signal, SIG_DFL));
    }
  }
  ~Interrupt() override {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      std::signal(kSignals[i], before_[i]);
    }
  }

 private:
  static constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
  std::vector<void (*)(int)> before_;
};

TEST_F(Interrupt, SignalsBecomeCalls) {
  std::promise<int> called;
  std::atomic<int> calls = 0;
  {
    const engine::Interrupt interrupt([&](int signal) {
      if (++calls == 1) {
        called.set_value(signal);
      }
    });
    ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
    EXPECT_EQ(called.get_future().get(), SIGINT);
  }
  EXPECT_EQ(calls, 1);
}

TEST_F(Interrupt, ASignalThatComesLastIsNotLostAndEndsNothing) {
  std::promise<void> first;
  std::promise<void> go_on;
  std::vector<int> signals;
  {
    const engine::Interrupt interrupt([&](int signal) {
      signals.push_back(signal);
      if (signals.size() == 1) {
        first.set_value();
        go_on.get_future().wait();
      }
    });
    ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
    first.get_future().wait();
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);  // waits while the first is being dealt with
    go_on.set_value();
  }
  EXPECT_EQ(signals, (std::vector<int>{SIGINT, SIGTERM}));
}

TEST_F(Interrupt, ASignalThatIsIgnoredStaysIgnored) {
  std::signal(SIGINT, SIG_IGN);
  std::promise<int> called;
  {
    const engine::Interrupt interrupt([&](int signal) { called.set_value(signal); });
    ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
    EXPECT_EQ(called.get_future().get(), SIGTERM);
  }
}

TEST_F(Interrupt, ASignalRightBeforeTheEndIsTaken) {
  constexpr int kRounds = 100;
  std::atomic<int> calls = 0;
  for (int round = 0; round < kRounds; ++round) {
    const engine::Interrupt interrupt([&](int) { ++calls; });
    ASSERT_EQ(::kill(::getpid(), round % 2 == 0 ? SIGINT : SIGTERM), 0);
  }
  EXPECT_EQ(calls, kRounds);
}

// So that no system call of theirs is interrupted.
TEST_F(Interrupt, OtherThreadsGetNoSignal) {
  const auto is_blocked = [] {
    sigset_t blocked;
    pthread_sigmask(SIG_BLOCK, nullptr, &blocked);
    return sigismember(&blocked, SIGTERM) == 1;
  };
  {
    const engine::Interrupt interrupt([](int) {});
    EXPECT_TRUE(is_blocked());
    EXPECT_TRUE(std::async(std::launch::async, is_blocked).get());
  }
  EXPECT_FALSE(is_blocked());
}

TEST_F(Interrupt, EndsWithoutASignal) {
  std::atomic<int> calls = 0;
  {
    const engine::Interrupt interrupt([&](int) { ++calls; });
  }
  EXPECT_EQ(calls, 0);
}

}  // namespace
