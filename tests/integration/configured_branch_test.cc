// `fluxGitBranch`: the branch of the rwenv, whatever else the remote has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

using engine::Code;
using engine::PushedChange;
using engine::Result;
using test::change_to;
using test::fails;
using test::GitSandbox;
using test::manifest;
using test::ok;
using testing::HasSubstr;

// A remote with the branches main and staging, each with a commit of its own.
class ConfiguredBranch : public testing::Test {
 protected:
  ConfiguredBranch() {
    sandbox_.git(sandbox_.remote(), {"branch", "staging", "main"});
    sandbox_.push_tag("pr-3-3333333");
  }

  Result<PushedChange> push(const std::string& tag, const std::optional<std::string>& branch) {
    const test::SandboxHost host(sandbox_);
    auto remote = sandbox_.flux_remote();
    remote.branch = branch;
    auto repository = engine::FluxRepository::open(host.host, std::move(remote), {});
    return repository ? repository->push(change_to(tag), test::sandbox_identity(), {})
                      : engine::failure_of(repository);
  }

  GitSandbox sandbox_;
};

TEST_F(ConfiguredBranch, IsTheOneThatIsChanged) {
  const std::string main = sandbox_.remote_head();
  for (const char* const tag : {"pr-1-abcdef0", "pr-2-abcdef0"}) {
    const auto pushed = push(tag, "staging");
    ASSERT_TRUE(ok(pushed));
    EXPECT_EQ(pushed->branch, "staging");
    EXPECT_EQ(sandbox_.remote_manifest("staging"), manifest(tag));
    EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1", "--branch"}),
              "## staging...origin/staging");
  }
  EXPECT_EQ(sandbox_.remote_head(), main);
}

TEST_F(ConfiguredBranch, MayChangeAndTheCloneStays) {
  ASSERT_TRUE(ok(push("pr-1-abcdef0", std::nullopt)));
  sandbox_.git(sandbox_.clone(), {"config", "person.mark", "here"});
  const auto staging = push("pr-2-abcdef0", "staging");
  ASSERT_TRUE(ok(staging));
  EXPECT_EQ(staging->branch, "staging");
  EXPECT_EQ(staging->edits.front().previous_tag, "old");
  EXPECT_EQ(sandbox_.remote_manifest("main"), manifest("pr-1-abcdef0"));
  EXPECT_EQ(sandbox_.remote_manifest("staging"), manifest("pr-2-abcdef0"));
  const auto back = push("pr-3-abcdef0", std::nullopt);
  ASSERT_TRUE(ok(back));
  EXPECT_EQ(back->branch, "main");
  EXPECT_EQ(sandbox_.remote_manifest("main"), manifest("pr-3-abcdef0"));
  EXPECT_EQ(sandbox_.remote_manifest("staging"), manifest("pr-2-abcdef0"));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"config", "person.mark"}), "here");
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
}

TEST_F(ConfiguredBranch, IsMovedByOthersMeanwhile) {
  ASSERT_TRUE(ok(push("pr-1-abcdef0", "staging")));
  ASSERT_TRUE(ok(push("pr-2-abcdef0", std::nullopt)));
  // The clone's knowledge of staging is that of a branch that it does not follow any more.
  const auto work = sandbox_.path() / "elsewhere";
  sandbox_.git(sandbox_.path(),
               {"clone", "--quiet", "-b", "staging", sandbox_.url(), work.string()});
  sandbox_.git(work, {"commit", "--quiet", "--allow-empty", "-m", "more"});
  sandbox_.git(work, {"push", "--quiet"});
  const auto pushed = push("pr-3-abcdef0", "staging");
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->head.text(), sandbox_.git(work, {"rev-parse", "HEAD"}));
}

TEST_F(ConfiguredBranch, WithSlashesInItsNameIsABranchAsAnyOther) {
  sandbox_.git(sandbox_.remote(), {"branch", "env/live-1", "main"});
  const auto pushed = push("pr-1-abcdef0", "env/live-1");
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(sandbox_.remote_manifest("env/live-1"), manifest("pr-1-abcdef0"));
}

TEST_F(ConfiguredBranch, ThatTheRemoteHasNotIsNamed) {
  const std::string main = sandbox_.remote_head();
  for (int i = 0; i < 2; ++i) {
    const auto pushed = push("pr-1-abcdef0", "stagin");
    ASSERT_TRUE(fails(pushed, Code::branch_not_found));
    EXPECT_THAT(pushed.error().message, HasSubstr("has no branch 'stagin'"));
    EXPECT_THAT(pushed.error().message, HasSubstr("fluxGitBranch"));
    ASSERT_TRUE(ok(push("pr-9-0000000", std::nullopt))) << "with a clone and without";
  }
  EXPECT_NE(sandbox_.remote_head(), main);
}

// Of a shallow clone, a branch that is new to it costs one commit and not its whole history.
TEST_F(ConfiguredBranch, NewToAShallowCloneIsFetchedWithoutItsPast) {
  for (int i = 0; i < 4; ++i) {
    sandbox_.push_tag("pr-3-333333" + std::to_string(i));
  }
  sandbox_.git(sandbox_.remote(), {"branch", "--force", "staging", "main~1"});
  ASSERT_TRUE(ok(push("pr-1-abcdef0", std::nullopt)));
  ASSERT_TRUE(ok(push("pr-2-abcdef0", "staging")));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-list", "--count", "origin/staging"}), "2");
}

}  // namespace
