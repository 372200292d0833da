#include "engine/process/process_runner.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/base/write_all.h"
#include "engine/forge/gh_commands.h"
#include "engine/git/commands.h"
#include "engine/process/path_lookup.h"
#include "engine/process/spawn.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::ProcessResult;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

// A PATH on which `git` is a script of the test's.
class ProcessRunnerTest : public testing::Test {
 protected:
  void install(const std::string& script) const {
    const fs::path git = directory_.write("bin/git", "#!/bin/sh\n" + script + "\n");
    fs::permissions(git, fs::perms::owner_all);
  }
  engine::Environment environment() const {
    return engine::Environment(
        {{"PATH", (directory_.path() / "bin").string() + ":/usr/bin:/bin"}, {"KEPT", "kept"}});
  }
  engine::Command command() const {
    return engine::GitCommands(environment(), engine::TlsVerification::off, directory_.path(),
                               std::nullopt)
        .list_head();
  }
  ProcessResult run(milliseconds limit = seconds(30), const std::stop_token& stop = {}) const {
    engine::ProcessRunner runner(environment(), seconds(30));
    return runner.run(command(), stop, limit);
  }
  // Tells it to stop as soon as the script has made that file.
  ProcessResult run_until_there_is(const char* name) const {
    std::stop_source stop;
    std::thread stopper([&] {
      while (!fs::exists(path(name))) {
        std::this_thread::sleep_for(milliseconds(5));
      }
      stop.request_stop();
    });
    ProcessResult completion = run(seconds(30), stop.get_token());
    stopper.join();
    return completion;
  }
  // The process whose id is in the file `grandchild`.
  void expect_grandchild_ends() const {
    std::ifstream file(path("grandchild"));
    pid_t grandchild = 0;
    ASSERT_TRUE(file >> grandchild);
    // Killed; the process that inherits orphans here may leave it a zombie, of which ps says Z.
    const std::string state = "ps -o stat= -p " + std::to_string(grandchild) + " | grep -qv Z";
    int alive = 0;
    for (int wait = 0; wait < 100; ++wait) {
      alive = std::system(state.c_str());  // NOLINT(cert-env33-c): a fixed command of the test
      if (alive != 0) {
        break;
      }
      std::this_thread::sleep_for(milliseconds(20));
    }
    EXPECT_NE(alive, 0);
  }
  std::string path(const char* name) const { return (directory_.path() / name).string(); }
  test::TemporaryDirectory directory_;
};

TEST_F(ProcessRunnerTest, LongOutputIsReadToItsEndAndNotKept) {
  install("head -c 5000000 /dev/zero; echo end; echo said >&2; exit 3");
  engine::ProcessRunner runner(environment(), seconds(30));
  std::size_t count = 0;
  std::string last;
  const ProcessResult result = runner.run_reading(command(),
                                                  [&](std::string_view piece) {
                                                    EXPECT_LE(piece.size(), 65536U);
                                                    count += piece.size();
                                                    last =
                                                        piece.empty() ? last : std::string(piece);
                                                  },
                                                  {});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "said\n");
  EXPECT_EQ(count, 5000004U);
  EXPECT_THAT(last, testing::EndsWith("end\n"));
}

TEST_F(ProcessRunnerTest, WhatIsReadIsNotWrittenTwice) {
  install("test -e second || { touch second; echo first; sleep 0.2; kill -INT $$; }; echo again");
  engine::ProcessRunner runner(environment(), seconds(30));
  std::string read;
  runner.run_reading(command(), [&](std::string_view piece) { read += piece; }, {});
  EXPECT_EQ(read, "first\n");
}

TEST_F(ProcessRunnerTest, IsToldWhileItRunsWhatToDo) {
  install("echo ready; read -r line; echo \"<$line>\"; read -r line || echo the end");
  engine::ProcessRunner runner(environment(), seconds(30));
  engine::Pipe told;
  ASSERT_EQ(engine::make_pipe(told), 0);
  std::string read;
  const ProcessResult result = runner.run_told(command(), told.read.get(),
                                               [&](std::string_view piece) {
                                                 read += piece;
                                                 if (told.write && read == "ready\n") {
                                                   engine::write_all(told.write.get(), "one\n");
                                                   told.write.close();
                                                 }
                                               },
                                               {});
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(read, "ready\n<one>\nthe end\n");
  EXPECT_EQ(::fcntl(told.read.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ProcessRunnerTest, PassesBackStatusAndBothStreams) {
  install("echo out; echo err >&2; exit 3");
  const ProcessResult completion = run();
  EXPECT_EQ(completion.kind, ProcessResult::Kind::exited);
  EXPECT_EQ(completion.status, 3);
  EXPECT_EQ(completion.out, "out\n");
  EXPECT_EQ(completion.err, "err\n");
}

TEST_F(ProcessRunnerTest, PassesArgumentsAsTheyAreAndRunsInTheDirectory) {
  install("pwd; for a in \"$@\"; do echo \"<$a>\"; done");
  const ProcessResult completion = run();
  EXPECT_THAT(completion.out, HasSubstr(directory_.path().string() + "\n<--git-dir="));
  EXPECT_THAT(completion.out, HasSubstr("<origin>\n<HEAD>\n<refs/heads/main>\n"));
}

TEST_F(ProcessRunnerTest, GivesTheInputThatACommandHas) {
  const fs::path gh = directory_.write("bin/gh", "#!/bin/sh\ncat; echo \"($#)\"\n");
  fs::permissions(gh, fs::perms::owner_all);
  engine::ProcessRunner runner(environment(), seconds(30));
  const auto run_with = [&](const std::string& body) {
    return runner.run(engine::GhCommands(environment(), "/")
                          .create_pull_request("acme/flux", "head", "main", "title", body),
                      {});
  };
  EXPECT_EQ(run_with("one\ntwo\n").out, "one\ntwo\n(12)\n");
  const std::string most(engine::Command::kMaxInput, 'x');
  EXPECT_EQ(run_with(most).out, most + "(12)\n");
  EXPECT_EQ(run_with(most + "x").kind, ProcessResult::Kind::failed);
}

TEST_F(ProcessRunnerTest, GivesTheEnvironmentWithItsChanges) {
  install("env");
  const ProcessResult completion = run();
  EXPECT_THAT(completion.out, HasSubstr("KEPT=kept\n"));
  EXPECT_THAT(completion.out, HasSubstr("GIT_SSL_NO_VERIFY=1\n"));
}

TEST_F(ProcessRunnerTest, GivesNoInputNoTerminalAndNoBlockedSignal) {
  install("cat; (: < /dev/tty) 2> /dev/null && echo terminal; kill -TERM $$; echo survived");
  sigset_t blocked;
  sigset_t before;
  sigfillset(&blocked);
  ASSERT_EQ(pthread_sigmask(SIG_SETMASK, &blocked, &before), 0);
  const ProcessResult completion = run();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(completion.kind, ProcessResult::Kind::signalled);
  EXPECT_EQ(completion.status, SIGTERM);
  EXPECT_EQ(completion.out, "");
}

// As a Ctrl-C does that is typed while the child has no process group of its own yet.
TEST_F(ProcessRunnerTest, BeginsAgainWhereAnInterruptReachedTheChildAtItsStart) {
  install("[ -e begun ] || { : > begun; kill -INT $$; }; echo done");
  const ProcessResult completion = run();
  EXPECT_TRUE(completion.ok());
  EXPECT_EQ(completion.out, "done\n");
}

TEST_F(ProcessRunnerTest, LeavesNoDescriptorOfOursToTheChild) {
  // One that this program may have been started with; the others are marked to be closed.
  const int inherited = ::open("/dev/null", O_RDONLY);  // NOLINT(*-cloexec-open)
  ASSERT_THAT(inherited, AllOf(Ge(3), Le(9))) << "the shell knows no others";
  install("for fd in 3 4 5 6 7 8 9; do (: <&$fd) 2> /dev/null && echo open $fd; done; exit 0");
  const ProcessResult completion = run();
  ::close(inherited);
  EXPECT_EQ(completion.out, "");
}

// So that nothing it starts can ask on a terminal.
TEST_F(ProcessRunnerTest, GivesTheChildASessionOfItsOwn) {
  install("echo $$ > id && mv id child && while [ -e child ]; do sleep 0.05; done");
  pid_t child = 0;
  pid_t session = 0;
  std::thread watcher([&] {
    while (!fs::exists(path("child"))) {
      std::this_thread::sleep_for(milliseconds(5));
    }
    std::ifstream(path("child")) >> child;
    session = ::getsid(child);
    fs::remove(path("child"));
  });
  const ProcessResult completion = run();
  watcher.join();
  EXPECT_TRUE(completion.ok());
  EXPECT_EQ(session, child);
}

TEST_F(ProcessRunnerTest, TakesNoProgramFromARelativeDirectory) {
  install("exit 0");
  const fs::path directory = directory_.path() / "bin";
  EXPECT_EQ(engine::find_program("git", fs::relative(directory).string()), std::nullopt);
  EXPECT_EQ(engine::find_program("git", "bin:" + directory.string()), directory / "git");
}

TEST_F(ProcessRunnerTest, SaysThatAProgramIsMissing) {
  const std::map<std::string, std::string, std::less<>> variables = {{"PATH", "/nowhere:.:"}};
  engine::ProcessRunner runner(engine::Environment(variables), seconds(30));
  EXPECT_EQ(runner.run(command(), {}).kind, ProcessResult::Kind::not_found);
}

TEST_F(ProcessRunnerTest, SaysThatAProgramCannotBeStarted) {
  const fs::path git = directory_.write("bin/git", "#!/nowhere/interpreter\n");
  fs::permissions(git, fs::perms::owner_all);
  const ProcessResult completion = run();
  EXPECT_EQ(completion.kind, ProcessResult::Kind::failed);
  EXPECT_NE(completion.err, "");
}

TEST_F(ProcessRunnerTest, CutsOutputAtOneMebibyteAndReadsTheRest) {
  install("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; exit 0");
  const ProcessResult completion = run();
  EXPECT_TRUE(completion.ok());
  EXPECT_EQ(completion.out.size(), std::size_t{1} << 20U);
  EXPECT_EQ(completion.err.size(), std::size_t{1} << 20U);
}

TEST_F(ProcessRunnerTest, EndsAChildAtTheTimeLimitAndKeepsWhatItWrote) {
  install("echo begun; sleep 60");
  const ProcessResult completion = run(milliseconds(300));
  EXPECT_EQ(completion.kind, ProcessResult::Kind::timed_out);
  EXPECT_EQ(completion.out, "begun\n");
}

TEST_F(ProcessRunnerTest, EndsAChildThatNeverStopsWriting) {
  install("exec yes");
  EXPECT_EQ(run(milliseconds(300)).kind, ProcessResult::Kind::timed_out);
}

TEST_F(ProcessRunnerTest, EndsTheWholeGroupEvenIfItIgnoresTerm) {
  install("trap '' TERM\nsh -c \"trap '' TERM; echo \\$\\$ > '" + path("grandchild") +
          "'; while :; do sleep 1; done\" &\nwait");
  EXPECT_EQ(run(milliseconds(500)).kind, ProcessResult::Kind::timed_out);
  expect_grandchild_ends();
}

TEST_F(ProcessRunnerTest, EndsAGrandchildThatIgnoresTermThoughTheChildDoesNot) {
  install("sh -c \"trap '' TERM; echo \\$\\$ > '" + path("new") + "'; mv '" + path("new") + "' '" +
          path("grandchild") + "'; while :; do sleep 1; done\" &\nwait");
  EXPECT_EQ(run_until_there_is("grandchild").kind, ProcessResult::Kind::cancelled);
  expect_grandchild_ends();
}

TEST_F(ProcessRunnerTest, TellsTheWholeGroupToEnd) {
  install("trap : TERM\nsh -c \"trap 'echo told > " + path("told") + "; exit' TERM; : > '" +
          path("begun") + "'; while :; do sleep 0.05; done\" &\nwait\nwait");
  EXPECT_EQ(run_until_there_is("begun").kind, ProcessResult::Kind::cancelled);
  EXPECT_TRUE(fs::exists(path("told")));
}

TEST_F(ProcessRunnerTest, DoesNotWaitForWhatAChildLeavesBehindNorEndIt) {
  install("(sleep 1; echo done > '" + path("left") + "') & echo out");
  const ProcessResult completion = run();
  EXPECT_TRUE(completion.ok());
  EXPECT_EQ(completion.out, "out\n");
  EXPECT_FALSE(fs::exists(path("left")));
  for (int wait = 0; wait < 500 && !fs::exists(path("left")); ++wait) {
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_TRUE(fs::exists(path("left")));
}

TEST_F(ProcessRunnerTest, EndsAChildWhenToldToStop) {
  install("echo begun > '" + path("begun") + "'; sleep 60");
  EXPECT_EQ(run_until_there_is("begun").kind, ProcessResult::Kind::cancelled);
}

TEST_F(ProcessRunnerTest, StartsNothingForACallThatWasStopped) {
  install("touch '" + path("begun") + "'");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(run(seconds(30), stop.get_token()).kind, ProcessResult::Kind::cancelled);
  EXPECT_FALSE(fs::exists(path("begun")));
  // A child would be told to stop before it has done anything; that none is looked for tells.
  const std::map<std::string, std::string, std::less<>> variables = {{"PATH", "/nowhere"}};
  engine::ProcessRunner runner(engine::Environment(variables), seconds(30));
  EXPECT_EQ(runner.run(command(), stop.get_token()).kind, ProcessResult::Kind::cancelled);
}

TEST_F(ProcessRunnerTest, RunsManyAtOnce) {
  install("echo $PPID; exit 7");
  engine::ProcessRunner runner(environment(), seconds(30));
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 5; ++round) {
        const ProcessResult completion = runner.run(command(), {});
        right += completion.status == 7 && !completion.out.empty() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(right, 40);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child was not reaped";
}

TEST_F(ProcessRunnerTest, LearnsTheStatusThoughItsParentIgnoredChildren) {
  install("exit 5");
  auto* const before = std::signal(SIGCHLD, SIG_IGN);
  const ProcessResult completion = run();
  std::signal(SIGCHLD, before);
  EXPECT_EQ(completion.status, 5);
}

}  // namespace
