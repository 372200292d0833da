// How the program finds itself, and how it is interrupted.
#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <future>
#include <new>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "cli/demo_child.h"
#include "cli/interrupt.h"
#include "cli/prepare_process.h"
#include "cli/real_host.h"
#include "engine/base/host.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

class ExecutablePath : public testing::Test {
 protected:
  ExecutablePath() : program_(directory_.write("plugin/bin/program", "#!/bin/sh\n")) {
    fs::permissions(program_, fs::perms::owner_all);
    fs::create_directory(directory_.path() / "links");
    fs::create_symlink(program_, directory_.path() / "links" / "program");
    directory_.write("plain/program", "not executable");
  }

  fs::path find(const std::string& program, const std::string& path) const {
    return cli::executable_path(program, engine::Environment({{"PATH", path}}));
  }

  test::TemporaryDirectory directory_;
  fs::path program_;
};

TEST_F(ExecutablePath, WithASlashIsThatFileWithoutLinks) {
  EXPECT_EQ(find(program_.string(), ""), fs::canonical(program_));
  EXPECT_EQ(find((directory_.path() / "links" / "program").string(), ""), fs::canonical(program_));
  EXPECT_EQ(find((directory_.path() / "gone").string(), ""), "");
}

TEST_F(ExecutablePath, WithoutIsLookedUpOnPath) {
  const std::string root = directory_.path().string();
  EXPECT_EQ(find("program", root + "/plain:relative::" + root + "/links"), fs::canonical(program_));
  EXPECT_EQ(find("program", root + "/plain"), "");
  fs::create_directories(directory_.path() / "folder" / "program");
  EXPECT_EQ(find("program", root + "/folder"), "");
  EXPECT_EQ(find("program", ""), "");
  EXPECT_EQ(find("", root + "/links"), "");
}

TEST(WaitForMemory, GivesUpAfterAWhile) {
  int waits = 0;
  EXPECT_THROW(
      {
        for (; waits < 1000; ++waits) {
          cli::wait_for_memory();
        }
      },
      std::bad_alloc);
  EXPECT_GT(waits, 1);
  EXPECT_NO_THROW(cli::wait_for_memory());
}

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
    const cli::Interrupt interrupt([&](int signal) {
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
    const cli::Interrupt interrupt([&](int signal) {
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
    const cli::Interrupt interrupt([&](int signal) { called.set_value(signal); });
    ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
    ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
    EXPECT_EQ(called.get_future().get(), SIGTERM);
  }
}

TEST_F(Interrupt, EndsWithoutASignal) {
  std::atomic<int> calls = 0;
  {
    const cli::Interrupt interrupt([&](int) { ++calls; });
  }
  EXPECT_EQ(calls, 0);
}

class Child : public testing::Test {
 protected:
  cli::DemoCommand shell(const std::string& script) const {
    return {"/bin/sh", {"-c", script}, {{"GREETING", "hello"}}, directory_.path() / "errors"};
  }

  test::TemporaryDirectory directory_;
  cli::DemoChild child_;
};

TEST_F(Child, TalksOverPipes) {
  ASSERT_TRUE(child_.start(shell("read line; echo \"$GREETING $line\"; echo oops >&2; exit 3")));
  EXPECT_TRUE(child_.write("world\n"));
  EXPECT_EQ(child_.read_line(), "hello world");
  EXPECT_EQ(child_.read_line(), std::nullopt);
  EXPECT_EQ(child_.wait(), 3);
  EXPECT_EQ(test::read_bytes(directory_.path() / "errors"), "oops\n");
}

TEST_F(Child, EndsByASignalOfOurs) {
  ASSERT_TRUE(child_.start(shell("cat")));
  child_.terminate();
  EXPECT_EQ(child_.wait(), 128 + SIGTERM);
  child_.terminate();  // nobody is there any more
}

// So that a Ctrl-C, and what else ends the demo's job, ends it, too.
TEST_F(Child, IsInOurProcessGroup) {
  const char* const kStatus = "/proc/self/stat";
  if (!fs::exists(kStatus)) {
    GTEST_SKIP() << "this system has no " << kStatus;
  }
  ASSERT_TRUE(child_.start(shell(std::string("read -r pid name state parent group rest < ") +
                                 kStatus + "; echo $group")));
  EXPECT_EQ(child_.read_line(), std::to_string(::getpgrp()));
}

TEST_F(Child, ThatIsNotThereIsAFailure) {
  cli::DemoCommand command = shell("");
  command.program = directory_.path() / "gone";
  EXPECT_FALSE(child_.start(command));
}

}  // namespace
