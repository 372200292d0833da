// How the program finds itself, waits for memory, and talks to a child.
#include <csignal>
#include <filesystem>
#include <new>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "cli/demo_child.h"
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
