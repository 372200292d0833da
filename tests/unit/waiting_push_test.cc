// A push whose connection is made before it is known what to push, with a git that is a script:
// when the connection is used, and when `git push` is.
#include "engine/flux/waiting_push.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/clone.h"
#include "engine/process/process_runner.h"
#include "tests/support/expect_ok.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::CommitId;
using engine::ProcessResult;
using engine::WaitingPush;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ok;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kOld(40, 'a');
const std::string kNew(40, 'b');

// The helper's part of the script: it greets, and lists main.
constexpr const char* kLists =
    "for i in 1 2 3 4; do read -r line; done\n"
    "printf 'option\\npush\\n\\nok\\nok\\n%s refs/heads/main\\n\\n' \"$tip\"\n";
// It reads what to push, and notes it.
constexpr const char* kHears =
    "for i in 1 2 3 4; do read -r line || exit 9; echo \"$line\" >>told; done\n";

class WaitingPushes : public testing::Test {
 protected:
  void SetUp() override {
    git("exit 1", "exit 1");
    auto opened = engine::FluxClone::open(host_, remote(), {});
    ASSERT_TRUE(ok(opened));
    clone_ = std::make_unique<engine::FluxClone>(std::move(*opened));
  }
  engine::FluxRemote remote() const {
    return {.url = engine::RemoteUrl("https://git.example/flux.git"),
            .clone = directory_.path() / "clone"};
  }
  // `helper` is what it does as `git remote-https origin`.
  void git(const std::string& configuration, const std::string& helper) const {
    const fs::path file = directory_.write(
        "bin/git", "#!/bin/sh\ntip=" + kOld + "\ncase \"$*\" in\n*' config --null '*)\n" +
                       configuration + ";;\n*' remote-https origin')\necho $$ >helper\n" + helper +
                       "\n;;\n*) exit 3;;\nesac\n");
    fs::permissions(file, fs::perms::owner_all);
  }
  void helper(const std::string& script) const {
    git("printf 'remote.origin.url\\nhttps://git.example/flux.git\\0'", script);
  }
  std::optional<ProcessResult> push(WaitingPush& waiting, const std::string& branch = "main",
                                    const std::string& expected = kOld) const {
    return waiting.push(branch, *CommitId::parse(kNew), *CommitId::parse(expected));
  }
  std::string read(const char* name) const {
    return test::read_bytes(directory_.path() / "clone" / name);
  }
  bool has_started() const { return fs::exists(directory_.path() / "clone/helper"); }

  test::TemporaryDirectory directory_;
  engine::Environment environment_{
      {{"PATH", (directory_.path() / "bin").string() + ":/usr/bin:/bin"}}};
  engine::ProcessRunner runner_{environment_, seconds(30)};
  test::FakeClock clock_;
  engine::Host host_{.environment = environment_,
                     .working_directory = "/",
                     .executable = {},
                     .services_file = {},
                     .runner = runner_,
                     .clock = clock_,
                     .time_limit = seconds(30)};
  std::unique_ptr<engine::FluxClone> clone_;
};

TEST_F(WaitingPushes, GoOverTheConnectionThatIsThere) {
  helper(std::string(kLists) + kHears + "echo ok; echo 'ok refs/heads/main'; echo; echo said >&2");
  WaitingPush waiting(*clone_, "main");
  const auto result = push(waiting);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
  EXPECT_THAT(result->out, StartsWith(" \t" + kNew + ":refs/heads/main\t"));
  EXPECT_EQ(result->err, "said\n");
  EXPECT_EQ(read("told"),
            "option cas refs/heads/main:" + kOld + "\npush " + kNew + ":refs/heads/main\n\n\n");
}

TEST_F(WaitingPushes, EndAsGitPushDoesWhereTheRemoteRefuses) {
  helper(std::string(kLists) + kHears +
         "echo ok; echo 'error refs/heads/main hook declined'; echo; exit 128");
  WaitingPush waiting(*clone_, "main");
  const auto result = push(waiting);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 1);
  EXPECT_THAT(result->out, HasSubstr("[remote rejected] (hook declined)"));
}

TEST_F(WaitingPushes, SayNothingOfTheRefWhereTheConnectionBreaks) {
  helper(std::string(kLists) + kHears + "echo ok; echo 'fatal: hung up' >&2; exit 128");
  WaitingPush waiting(*clone_, "main");
  const auto result = push(waiting);
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 128);
  EXPECT_EQ(result->out, "");
}

TEST_F(WaitingPushes, LeaveThePushToGitWhereTheBranchIsNotAsExpected) {
  helper(std::string(kLists) + kHears + "echo 'ok refs/heads/main'");
  WaitingPush moved(*clone_, "main");
  EXPECT_EQ(push(moved, "main", std::string(40, 'c')), std::nullopt);
  WaitingPush other(*clone_, "main");
  EXPECT_EQ(push(other, "trunk"), std::nullopt);
  WaitingPush missing(*clone_, "trunk");
  EXPECT_EQ(push(missing, "trunk"), std::nullopt);
  EXPECT_FALSE(fs::exists(directory_.path() / "clone/told"));
}

TEST_F(WaitingPushes, LeaveThePushToGitWhereThereIsNoConnection) {
  for (const char* const script : {"echo 'fatal: Authentication failed' >&2; exit 128", "exit 0",
                                   "printf 'fetch\\n\\nok\\nok\\n\\n'", "kill -KILL $$"}) {
    helper(script);
    WaitingPush waiting(*clone_, "main");
    EXPECT_EQ(push(waiting), std::nullopt) << script;
  }
}

TEST_F(WaitingPushes, LeaveThePushToGitWhereTheConnectionIsOld) {
  helper(std::string(kLists) + "touch listed\n" + kHears + "echo 'ok refs/heads/main'");
  WaitingPush waiting(*clone_, "main");
  while (!fs::exists(directory_.path() / "clone/listed")) {
    std::this_thread::sleep_for(milliseconds(5));
  }
  std::this_thread::sleep_for(milliseconds(500));
  clock_.sleep(WaitingPush::kMaxIdle + milliseconds(1), {});
  EXPECT_EQ(push(waiting), std::nullopt);
  EXPECT_FALSE(fs::exists(directory_.path() / "clone/told"));
}

TEST_F(WaitingPushes, StartNoHelperWhereGitPushWouldDoMore) {
  for (const char* const more : {"core.hookspath\\n/hooks", "push.gpgsign\\ntrue",
                                 "remote.origin.pushurl\\nhttps://other.example/flux.git"}) {
    git(std::string("printf 'remote.origin.url\\nhttps://git.example/flux.git\\0") + more + "\\0'",
        kLists);
    WaitingPush waiting(*clone_, "main");
    EXPECT_EQ(push(waiting), std::nullopt) << more;
  }
  helper(kLists);
  directory_.write("clone/.git/hooks/pre-push", "#!/bin/sh\n");
  WaitingPush waiting(*clone_, "main");
  EXPECT_EQ(push(waiting), std::nullopt);
  EXPECT_FALSE(has_started());
}

TEST_F(WaitingPushes, EndWhatWaitsWhenTheyEnd) {
  helper(std::string(kLists) + "exec sleep 600");
  {
    const WaitingPush waiting(*clone_, "main");
    while (!has_started() || read("helper").empty()) {
      std::this_thread::sleep_for(milliseconds(5));
    }
  }
  const int pid = std::stoi(read("helper"));
  EXPECT_NE(::kill(pid, 0), 0);
}

TEST_F(WaitingPushes, DoNotWaitForAConnectionThatHangs) {
  helper("exec sleep 600");
  WaitingPush waiting(*clone_, "main");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(push(waiting), std::nullopt);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, WaitingPush::kPatience + seconds(10));
}

}  // namespace
