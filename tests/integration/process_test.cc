// Several processes on one clone, several clones on one remote, and processes that die.
#include <csignal>
#include <fcntl.h>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/flux/repository.h"
#include "engine/process/spawn.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using test::change_to;
using test::GitSandbox;
using test::ok;

// Starts land_once; its output goes to `log`.
pid_t start(const GitSandbox& sandbox, const fs::path& clone, const std::string& tag,
            const engine::UniqueFd& log) {
  engine::SpawnRequest request;
  request.file = LAND_ONCE;
  request.arguments = {"land_once", sandbox.url(), clone.string(), tag};
  request.environment = sandbox.environment().all();
  request.out = log.get();
  request.err = log.get();
  pid_t child = -1;
  EXPECT_EQ(engine::spawn(request, child), 0);
  return child;
}

engine::UniqueFd open_log(const GitSandbox& sandbox) {
  return engine::UniqueFd(
      ::open((sandbox.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
}

int status_of(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

std::set<std::string> subjects(const GitSandbox& sandbox) {
  std::set<std::string> lines;
  std::istringstream log(sandbox.git(sandbox.remote(), {"log", "--format=%s", "main"}));
  for (std::string line; std::getline(log, line);) {
    lines.insert(line);
  }
  return lines;
}

std::string tag_of(int number) {
  return "pr-" + std::to_string(number) + "-abcdef0";
}

TEST(Processes, OnOneCloneTakeTurns) {
  const GitSandbox sandbox;
  const engine::UniqueFd log = open_log(sandbox);
  std::vector<pid_t> children;
  for (int number = 1; number <= 4; ++number) {
    children.push_back(start(sandbox, sandbox.clone(), tag_of(number), log));
  }
  for (const pid_t child : children) {
    EXPECT_EQ(status_of(child), 0) << test::read_bytes(sandbox.path() / "log");
  }
  EXPECT_EQ(subjects(sandbox).size(), 5U);
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
}

TEST(Processes, OnOneRemoteAllLand) {
  const GitSandbox sandbox;
  const engine::UniqueFd log = open_log(sandbox);
  std::vector<pid_t> children;
  for (int number = 1; number <= 5; ++number) {
    const fs::path clone = sandbox.path() / ("config" + std::to_string(number)) / "flux-repos/dev";
    children.push_back(start(sandbox, clone, tag_of(number), log));
  }
  for (const pid_t child : children) {
    EXPECT_EQ(status_of(child), 0) << test::read_bytes(sandbox.path() / "log");
  }
  EXPECT_EQ(subjects(sandbox).size(), 6U);
}

TEST(Processes, KilledAtAnyMomentLeaveACloneThatWorks) {
  const GitSandbox sandbox;
  const engine::UniqueFd log = open_log(sandbox);
  std::mt19937 random(7);  // NOLINT(*-msc51-cpp): the same moments in every run
  std::uniform_int_distribution<int> moment(0, 250);
  for (int number = 1; number <= 8; ++number) {
    const pid_t child = start(sandbox, sandbox.clone(), tag_of(number), log);
    std::this_thread::sleep_for(std::chrono::milliseconds(moment(random)));
    ::kill(child, SIGKILL);
    status_of(child);
  }
  const pid_t last = start(sandbox, sandbox.clone(), tag_of(100), log);
  EXPECT_EQ(status_of(last), 0) << test::read_bytes(sandbox.path() / "log");
  EXPECT_EQ(sandbox.remote_manifest(), test::manifest(tag_of(100)));
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
  sandbox.git(sandbox.clone(), {"fsck", "--connectivity-only"});
}

TEST(Threads, OnOneCloneTakeTurnsToo) {
  const GitSandbox sandbox;
  test::SandboxHost host(sandbox);
  std::vector<std::thread> threads;
  for (int number = 1; number <= 3; ++number) {
    threads.emplace_back([&, number] {
      auto repository = engine::FluxRepository::open(host.host, sandbox.flux_remote(), {});
      ASSERT_TRUE(ok(repository));
      EXPECT_TRUE(ok(repository->push(change_to(tag_of(number)), test::sandbox_identity(), {})));
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(subjects(sandbox).size(), 4U);
}

}  // namespace
