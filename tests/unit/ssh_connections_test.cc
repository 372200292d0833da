#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "engine/git/commands.h"
#include "engine/ssh/commands.h"
#include "engine/ssh/connections.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::Command;
using engine::Environment;
using engine::Keep;
using engine::ProcessResult;
using engine::Repeat;
using engine::SshConnections;
using engine::SshDestination;
using engine::SshRoute;
using test::exited;

const std::string kConnection(40, 'c');
const std::string kBroken = "fatal: the remote end hung up unexpectedly\n";

// What stands at the end of `option` in a command line.
std::string value_of(const std::string& line, const std::string& option) {
  const auto at = line.find(option);
  const auto begin = at + option.size();
  return at == std::string::npos ? "" : line.substr(begin, line.find(' ', begin) - begin);
}

// A socket file as a master leaves it.
void make_socket(const fs::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  struct sockaddr_un address {};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<struct sockaddr*>(&address), sizeof(address)), 0);
  ::close(fd);
}

// A home for sockets, an ssh that answers as for a user who has set nothing, and a git.
class SshConnectionsTest : public testing::Test {
 protected:
  SshConnectionsTest() {
    runner_.on("ssh -G", [](const Command& command) {
      const fs::path directory = fs::path(command.arguments()[2]).parent_path();
      return exited(0, "controlmaster autoask\nserveraliveinterval 86399\ncontrolpath " +
                           (directory / kConnection).string() + "\n");
    });
    runner_.on("-O check", exited(0, "", "Master running (pid=1)\n"));
    runner_.on("-O exit", exited(0, "", "Exit request sent.\n"));
  }

  Environment environment() const {
    return Environment({{"XDG_RUNTIME_DIR", directory_.path().string()}});
  }
  std::vector<fs::path> directories() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(directory_.path())) {
      found.push_back(entry.path());
    }
    return found;
  }
  long count(const std::string& part) const {
    const auto lines = runner_.lines();
    return std::ranges::count_if(
        lines, [&](const std::string& line) { return line.find(part) != std::string::npos; });
  }

  // A git command over `connections`, which ends with these results in turn; a new connection
  // leaves a socket. Records the ssh that git was told to start, "" for none of ours.
  ProcessResult run(SshConnections& connections,
                    std::vector<ProcessResult> results = {exited(0, "")},
                    Repeat repeat = Repeat::always,
                    const SshDestination& destination = {"git@a", ""}) {
    std::size_t turn = 0;
    const auto start = [&](const Command& command) {
      std::string ssh;
      for (const auto& [variable, value] : command.environment()) {
        if (variable == "GIT_SSH_COMMAND") {
          ssh = value.value_or("");
        }
      }
      sshs_.push_back(ssh);
      ProcessResult result = results.at(turn++);
      const std::string path = value_of(ssh, "ControlPath=");
      if (leaves_master_ && result.ok() && !path.empty()) {
        const std::string socket = path.substr(0, path.find("%C")) + kConnection;
        if (!fs::exists(socket)) {
          make_socket(socket);
        }
      }
      return result;
    };
    return connections.run({destination, "ssh -o BatchMode=yes"}, engine::GitCommands::version(),
                           repeat, start, {});
  }
  std::string path_of(std::size_t index) const { return value_of(sshs_.at(index), "ControlPath="); }

  test::TemporaryDirectory directory_;
  test::ScriptedRunner runner_;
  test::FakeClock clock_;
  std::vector<std::string> sshs_;
  bool leaves_master_ = true;
};

TEST_F(SshConnectionsTest, WritesNothingBeforeItIsUsedAndLeavesNothing) {
  {
    SshConnections connections(runner_, clock_, environment());
    EXPECT_TRUE(directories().empty());
    run(connections);
    ASSERT_EQ(directories().size(), 1U);
    struct stat status {};
    ASSERT_EQ(::lstat(directories()[0].c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    ASSERT_EQ(::lstat((directories()[0] / "question").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
  }
  EXPECT_TRUE(directories().empty());
  EXPECT_EQ(count("-O exit"), 1);
}

TEST_F(SshConnectionsTest, ASecondCommandChecksAndUsesTheSameMaster) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  EXPECT_EQ(count("-O check"), 0);
  run(connections);
  EXPECT_EQ(count("-O check"), 1);
  EXPECT_EQ(count("ssh -G"), 1);
  EXPECT_EQ(path_of(0), path_of(1));
  EXPECT_TRUE(sshs_[0].starts_with("ssh -o BatchMode=yes -o ControlMaster=auto"));
}

TEST_F(SshConnectionsTest, DestinationsThatLeadToOneHostHaveMastersOfTheirOwn) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  run(connections, {exited(0, "")}, Repeat::always, {"git@b", ""});
  run(connections, {exited(0, "")}, Repeat::always, {"git@a", "2222"});
  EXPECT_NE(path_of(0), path_of(1));
  EXPECT_NE(path_of(0), path_of(2));
  EXPECT_NE(path_of(1), path_of(2));
}

TEST_F(SshConnectionsTest, NothingIsAddedWhereTheUserHasSetSomethingOrSshDoesNotAnswer) {
  for (const ProcessResult& answer : {exited(0, "controlmaster auto\n"), exited(255, ""),
                                      ProcessResult{.kind = ProcessResult::Kind::timed_out},
                                      ProcessResult{.kind = ProcessResult::Kind::not_found}}) {
    runner_.on("ssh -G", answer);
    SshConnections connections(runner_, clock_, environment());
    run(connections);
    EXPECT_EQ(sshs_.back(), "");
  }
  EXPECT_GT(runner_.limit_of("ssh -G"), std::chrono::milliseconds(0));
}

TEST_F(SshConnectionsTest, TheUsersConfigurationIsReadAgainAfterAWhile) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  runner_.on("ssh -G", exited(0, "controlmaster auto\n"));
  run(connections);
  EXPECT_NE(sshs_.back(), "");
  clock_.sleep(std::chrono::minutes(5), {});
  run(connections);
  EXPECT_EQ(sshs_.back(), "");
}

TEST_F(SshConnectionsTest, AMasterThatDoesNotAnswerIsGivenUp) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  runner_.on("-O check", ProcessResult{.kind = ProcessResult::Kind::timed_out});
  run(connections);
  EXPECT_NE(path_of(1), path_of(0));
  EXPECT_NE(path_of(1), "");
  runner_.on("-O check", exited(0, ""));
  run(connections);
  EXPECT_EQ(path_of(2), path_of(1));
}

TEST_F(SshConnectionsTest, ACommandThatIsStoppedGivesNoMasterUp) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  std::stop_source stop;
  runner_.on("-O check", [&](const Command&) {
    stop.request_stop();
    return ProcessResult{.kind = ProcessResult::Kind::cancelled};
  });
  connections.run(
      {{"git@a", ""}, "ssh"}, engine::GitCommands::version(), Repeat::always,
      [](const Command&) { return exited(0, ""); }, stop.get_token());
  runner_.on("-O check", exited(0, ""));
  run(connections);
  EXPECT_EQ(path_of(1), path_of(0));
}

// Whether the second command arrives while the first one asks is up to the machine: one time of
// many is enough.
TEST_F(SshConnectionsTest, CommandsThatBeginAtTheSameTimeAskTheMasterOnce) {
  SshConnections connections(runner_, clock_, environment());
  for (const bool is_there : {true, false}) {
    bool once = false;
    for (int round = 0; round < 40 && !once; ++round) {
      runner_.on("-O check", exited(0, ""));
      run(connections);
      const std::string path = path_of(sshs_.size() - 1);
      const long before = count("-O check");
      std::atomic<bool> is_asked = false;
      std::promise<void> go_on;
      const std::shared_future<void> told = go_on.get_future().share();
      runner_.on("-O check", [&is_asked, told, is_there](const Command&) {
        is_asked = true;
        is_asked.notify_all();
        told.wait();
        return exited(is_there ? 0 : 255, "");
      });
      std::jthread first([&] {
        connections.run({{"git@a", ""}, "ssh"}, engine::GitCommands::version(), Repeat::always,
                        [](const Command&) { return exited(0, ""); }, {});
      });
      is_asked.wait(false);
      std::jthread second([&] { run(connections); });
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      go_on.set_value();
      first.join();
      second.join();
      once = count("-O check") == before + 1;
      EXPECT_EQ(path_of(sshs_.size() - 1) == path, is_there);
    }
    EXPECT_TRUE(once) << is_there;
  }
}

TEST_F(SshConnectionsTest, WhatIsNoSocketIsNotUsed) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  const fs::path socket = directories()[0] / ("1" + kConnection);
  ASSERT_TRUE(fs::remove(socket));
  std::ofstream(socket) << "a file";
  run(connections);
  EXPECT_NE(path_of(1), path_of(0));
  EXPECT_EQ(count("-O check"), 0);
}

TEST_F(SshConnectionsTest, AFailureOverAKeptConnectionIsTriedOnceWithoutIt) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  EXPECT_TRUE(run(connections, {exited(128, "", kBroken), exited(0, "")}).ok());
  EXPECT_NE(path_of(1), "");
  EXPECT_EQ(sshs_.at(2), "");
  EXPECT_FALSE(run(connections, {exited(128, "", kBroken)}).ok()) << "its own connection broke";
}

TEST_F(SshConnectionsTest, APushThatMayHaveArrivedIsNotRepeatedButTheMasterIsGivenUp) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  EXPECT_EQ(run(connections, {exited(128, "", kBroken)}, Repeat::if_nothing_was_sent).err, kBroken);
  run(connections);
  EXPECT_NE(path_of(2), path_of(1));
  const std::string refused = "ssh: connect to host a port 22: Connection refused\n";
  EXPECT_TRUE(
      run(connections, {exited(128, "", refused), exited(0, "")}, Repeat::if_nothing_was_sent)
          .ok());
}

TEST_F(SshConnectionsTest, AFailureOfAnotherKindIsNotRepeated) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  run(connections, {exited(128, "", "git@a: Permission denied (publickey).\n")});
  run(connections);
  EXPECT_EQ(path_of(2), path_of(0));
}

TEST_F(SshConnectionsTest, WhereNoSocketCanBeMadeNothingIsSharedAnyMore) {
  leaves_master_ = false;
  SshConnections connections(runner_, clock_, environment());
  std::string directory;
  int starts = 0;
  const auto start = [&](const Command& command) {
    ++starts;
    for (const auto& [variable, value] : command.environment()) {
      if (variable == "GIT_SSH_COMMAND") {
        directory = fs::path(value_of(*value, "ControlPath=")).parent_path().string();
        return exited(128, "",
                      "unix_listener: cannot bind to path " + directory + "/1c.x: No space\n" +
                          "fatal: Could not read from remote repository.\n");
      }
    }
    return exited(0, "");
  };
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(connections
                    .run({{"git@a", ""}, "ssh"}, engine::GitCommands::version(),
                         Repeat::if_nothing_was_sent, start, {})
                    .ok());
  }
  EXPECT_EQ(starts, 3);
}

TEST_F(SshConnectionsTest, ACommandWaitsForTheConnectionThatAnotherOneOpens) {
  SshConnections connections(runner_, clock_, environment());
  std::promise<void> begun;
  std::promise<void> go_on;
  const auto open = [&](const Command& command) {
    std::string ssh;
    for (const auto& [variable, value] : command.environment()) {
      ssh = variable == "GIT_SSH_COMMAND" ? *value : ssh;
    }
    begun.set_value();
    go_on.get_future().wait();
    const std::string path = value_of(ssh, "ControlPath=");
    make_socket(path.substr(0, path.find("%C")) + kConnection);
    return exited(0, "");
  };
  std::jthread first([&] {
    connections.run({{"git@a", ""}, "ssh"}, engine::GitCommands::version(), Repeat::always, open,
                    {});
  });
  begun.get_future().wait();
  std::atomic<bool> done = false;
  std::jthread second([&] {
    run(connections);
    done = true;
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_FALSE(done);
  go_on.set_value();
  second.join();
  EXPECT_NE(path_of(0), "");
  EXPECT_EQ(count("-O check"), 0) << "it has just come";
  run(connections);
  EXPECT_EQ(count("-O check"), 1) << "it may have gone since";
}

TEST_F(SshConnectionsTest, CommandsThatWaitedForAConnectionThatFailedDoNotWaitForEachOther) {
  leaves_master_ = false;
  SshConnections connections(runner_, clock_, environment());
  std::promise<void> begun;
  std::promise<void> go_on;
  std::jthread first([&] {
    connections.run({{"git@a", ""}, "ssh"}, engine::GitCommands::version(), Repeat::always,
                    [&](const Command&) {
                      begun.set_value();
                      go_on.get_future().wait();
                      return exited(128, "", kBroken);
                    },
                    {});
  });
  begun.get_future().wait();
  std::jthread second([&] { run(connections); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  go_on.set_value();
  second.join();
  EXPECT_EQ(sshs_.at(0), "");
}

TEST_F(SshConnectionsTest, AReleasedConnectionEndsWithItsLastCommandUnlessItIsKeptForLater) {
  const SshDestination destination{"git@a", ""};
  for (const auto keep : {Keep::for_later, Keep::while_needed}) {
    SshConnections connections(runner_, clock_, environment(), keep);
    const long before = count("-O exit");
    run(connections);
    connections.run({destination, "ssh"}, engine::GitCommands::version(), Repeat::always,
                    [&](const Command&) {
                      run(connections);
                      connections.release(destination);
                      EXPECT_EQ(count("-O exit"), before) << "this one uses it";
                      return exited(0, "");
                    },
                    {});
    run(connections);
    EXPECT_EQ(path_of(sshs_.size() - 1) != path_of(sshs_.size() - 2), keep == Keep::while_needed);
  }
  EXPECT_TRUE(directories().empty());
}

TEST_F(SshConnectionsTest, AConnectionEndsAtOnceWhereNoCommandUsesItAndIsAskedOnce) {
  {
    SshConnections connections(runner_, clock_, environment(), Keep::while_needed);
    connections.release({"git@a", ""});
    run(connections);
    connections.release({"git@other", ""});
    connections.release({"git@a", ""});
    connections.release({"git@a", ""});
  }
  EXPECT_EQ(count("-O exit"), 1) << "its socket stays here, as that of a master that hangs";
}

// As a fetch beside a push, which has been given up.
TEST_F(SshConnectionsTest, ACommandThatWaitedForAConnectionDoesNotUseItWhileItEnds) {
  SshConnections connections(runner_, clock_, environment(), Keep::while_needed);
  const SshDestination destination{"git@a", ""};
  std::promise<void> begun;
  std::promise<void> go_on;
  std::jthread first([&] {
    connections.run({destination, "ssh"}, engine::GitCommands::version(), Repeat::always,
                    [&](const Command&) {
                      begun.set_value();
                      go_on.get_future().wait();
                      return exited(0, "");
                    },
                    {});
  });
  begun.get_future().wait();
  std::jthread second([&] { run(connections); });
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  connections.release(destination);
  go_on.set_value();
  second.join();
  EXPECT_EQ(path_of(0), "");
}

TEST_F(SshConnectionsTest, SocketsThatDisappearMeanwhileDoNotKeepTheDirectory) {
  for (int round = 0; round < 30; ++round) {
    std::jthread master;
    SshConnections connections(runner_, clock_, environment());
    run(connections);
    const fs::path place = directories().at(0);
    for (int i = 0; i < 50; ++i) {
      std::ofstream(place / ("file" + std::to_string(i))).close();
    }
    runner_.on("-O exit", [&master, place](const Command&) {
      master = std::jthread([place] {
        for (int i = 0; i < 50; ++i) {
          std::error_code error;
          fs::remove(place / ("file" + std::to_string(i)), error);
        }
      });
      return exited(0, "");
    });
  }
  EXPECT_TRUE(directories().empty());
}

TEST_F(SshConnectionsTest, ADirectoryThatWasRemovedIsMadeAgain) {
  SshConnections connections(runner_, clock_, environment());
  run(connections);
  fs::remove_all(directories().at(0));
  run(connections);
  ASSERT_EQ(directories().size(), 1U);
  EXPECT_TRUE(path_of(1).starts_with(directories()[0].string()));
}

TEST_F(SshConnectionsTest, APlaceThatIsTooLongOrUnsafeOrStrangeIsPassedOver) {
  const fs::path long_one = directory_.path() / std::string(60, 'l');
  const test::TemporaryDirectory open;  // not below ours: it would be too long
  const fs::path open_one = open.path();
  const fs::path strange = directory_.path() / "a b%C$x";
  for (const fs::path& place : {long_one, strange}) {
    fs::create_directory(place);
  }
  ASSERT_EQ(::chmod(open_one.c_str(), 0777), 0);
  for (const fs::path& place : {long_one, open_one, strange, fs::path("relative")}) {
    SshConnections connections(
        runner_, clock_,
        Environment({{"XDG_RUNTIME_DIR", place.string()}, {"TMPDIR", directory_.path().string()}}));
    run(connections);
    EXPECT_EQ(fs::path(path_of(sshs_.size() - 1)).parent_path().parent_path(), directory_.path())
        << place;
  }
}

TEST_F(SshConnectionsTest, WhatAKilledProcessLeftIsEndedAndRemoved) {
  const auto leave = [&](const std::string& name) {
    const fs::path left = directory_.path() / name;
    fs::create_directory(left);
    EXPECT_EQ(::chmod(left.c_str(), 0700), 0);
    std::ofstream(left / "lock").close();
    make_socket(left / ("1" + kConnection));
    return left;
  };
  const fs::path left = leave("rollout-abcdef");
  const fs::path open = leave("rollout-ghijkl");
  ASSERT_EQ(::chmod(open.c_str(), 0755), 0);
  const fs::path unmarked = leave("rollout-mnopqr");
  fs::remove(unmarked / "lock");
  const fs::path other = leave("another-abcdef");
  fs::create_directory_symlink(other, directory_.path() / "rollout-stuvwx");
  {
    SshConnections living(runner_, clock_, environment());
    run(living);
    SshConnections connections(runner_, clock_, environment());
    run(connections);
  }
  EXPECT_FALSE(fs::exists(left));
  EXPECT_EQ(count("-O exit -S " + left.string()), 1);
  for (const fs::path& kept : {open, unmarked, other}) {
    EXPECT_TRUE(fs::exists(kept / ("1" + kConnection))) << kept;
    EXPECT_EQ(count("-O exit -S " + kept.string()), 0);
  }
  EXPECT_EQ(count("-O exit"), 3) << "of each of the two that lived, once";
}

}  // namespace
