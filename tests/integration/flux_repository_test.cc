// A change on its way through a real clone to a real remote.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::FluxRepository;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The clone is as an ordinary one that stands clean at the remote's head.
void expect_clean_clone(const GitSandbox& sandbox, const std::string& branch = "main") {
  const fs::path clone = sandbox.clone();
  EXPECT_EQ(sandbox.git(clone, {"status", "--porcelain=v1", "--branch"}),
            "## " + branch + "..." + "origin/" + branch);
  EXPECT_EQ(sandbox.git(clone, {"rev-parse", "HEAD"}), sandbox.remote_head(branch));
  EXPECT_EQ(sandbox.git(clone, {"rev-parse", "refs/remotes/origin/" + branch}),
            sandbox.remote_head(branch));
  EXPECT_EQ(sandbox.git(clone, {"fsck", "--strict", "--no-dangling"}), "");
}

TEST(FluxRepository, LandsAChangeFromNothing) {
  const GitSandbox sandbox;
  const std::string before = sandbox.remote_head();
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_EQ(pushed->branch, "main");
  EXPECT_EQ(pushed->head.text(), before);
  EXPECT_EQ(pushed->edits.front().previous_tag, "old");
  EXPECT_EQ(pushed->attempts, 1);
  EXPECT_THAT(pushed->warnings, IsEmpty());
  EXPECT_THAT(pushed->edits.front().diff,
              HasSubstr("-    newTag: old\n+    newTag: pr-1-abcdef0\n"));
  EXPECT_THAT(pushed->edits.front().diff, HasSubstr("--- a/apps/backend/kustomization.yaml\n"));
  ASSERT_TRUE(pushed->commit);
  EXPECT_EQ(sandbox.remote_head(), pushed->commit->text());
  EXPECT_EQ(sandbox.remote_manifest(), manifest("pr-1-abcdef0"));
  expect_clean_clone(sandbox);
}

TEST(FluxRepository, CommitsInTheUsersNameOnTheRemotesHead) {
  const GitSandbox sandbox;
  const std::string before = sandbox.remote_head();
  ASSERT_TRUE(ok(push(sandbox, change_to("pr-1-abcdef0"))));
  EXPECT_EQ(
      sandbox.git(sandbox.remote(), {"log", "-1", "--format=%an <%ae>|%cn <%ce>|%P|%B", "main"}),
      "Ada Tester <ada@example.com>|Ada Tester <ada@example.com>|" + before +
          "|chore(backend): update image tag to pr-1-abcdef0\n");
  EXPECT_EQ(sandbox.git(sandbox.remote(), {"show", "--format=", "--name-only", "main"}),
            kManifestFile);
}

TEST(FluxRepository, TellsTheAuthorFromTheCommitter) {
  const GitSandbox sandbox;
  const engine::Identity identity{.author = {"Ann Author", "ann@example.com"},
                                  .committer = {"Carl Committer", "carl@example.com"},
                                  .sign_commits = false};
  ASSERT_TRUE(ok(push(sandbox, change_to("pr-1-abcdef0"), identity)));
  EXPECT_EQ(sandbox.git(sandbox.remote(), {"log", "-1", "--format=%an <%ae>|%cn <%ce>", "main"}),
            "Ann Author <ann@example.com>|Carl Committer <carl@example.com>");
}

TEST(FluxRepository, LandsAnotherChangeInTheSameClone) {
  const GitSandbox sandbox;
  ASSERT_TRUE(ok(push(sandbox, change_to("pr-1-abcdef0"))));
  sandbox.push_tag("pr-2-abcdef0");
  const auto pushed = push(sandbox, change_to("pr-3-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->edits.front().previous_tag, "pr-2-abcdef0");
  EXPECT_THAT(pushed->warnings, IsEmpty());
  expect_clean_clone(sandbox);
}

}  // namespace
}  // namespace test
