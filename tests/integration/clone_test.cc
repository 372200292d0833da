// In what state the clone may be found, and in which it is left.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

namespace fs = std::filesystem;

using engine::Code;
using testing::HasSubstr;
using testing::Not;

// Lands a change in whatever there is, and expects the ordinary clone that a person finds then.
void expect_recovery(const GitSandbox& sandbox, const std::string& tag = "pr-7-abcdef0") {
  ASSERT_TRUE(ok(push(sandbox, change_to(tag))));
  EXPECT_EQ(sandbox.remote_manifest(), manifest(tag));
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"rev-parse", "HEAD"}), sandbox.remote_head());
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"config", "--get-all", "remote.origin.url"}),
            sandbox.url());
}

// A clone in which one rollout was done.
class UsedClone : public testing::Test {
 protected:
  UsedClone() { EXPECT_TRUE(ok(push(sandbox_, change_to("pr-1-abcdef0")))); }
  void write(const fs::path& file, std::string_view bytes) const {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  fs::path git_directory() const { return sandbox_.clone() / ".git"; }
  GitSandbox sandbox_;
};

TEST_F(UsedClone, IsAnOrdinaryOneForAPerson) {
  const fs::path clone = sandbox_.clone();
  EXPECT_EQ(sandbox_.git(clone, {"branch", "--show-current"}), "main");
  sandbox_.push_tag("pr-2-abcdef0");
  sandbox_.git(clone, {"fetch", "--quiet"});
  sandbox_.git(clone, {"reset", "--quiet", "--hard", "origin/main"});
  sandbox_.git(clone, {"pull", "--quiet", "--ff-only"});
  write(clone / "notes.txt", "by hand\n");
  sandbox_.git(clone, {"add", "."});
  sandbox_.git(clone, {"commit", "--quiet", "-m", "by hand"});
  sandbox_.git(clone, {"push", "--quiet", "origin", "HEAD:main"});
  sandbox_.git(clone, {"fetch", "--quiet", "--unshallow"});
  EXPECT_EQ(sandbox_.git(clone, {"rev-list", "--count", "HEAD"}), "4");
  expect_recovery(sandbox_);
  EXPECT_TRUE(fs::exists(clone / "notes.txt"));
}

TEST_F(UsedClone, LosesUncommittedEditsAndKeepsUntrackedFiles) {
  write(sandbox_.clone() / kManifestFile, "edited by hand\n");
  write(sandbox_.clone() / "untracked.txt", "mine\n");
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1"}), "?? untracked.txt");
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-7-abcdef0"));
}

TEST_F(UsedClone, WithUnpushedCommitsPushesNoneOfThem) {
  write(sandbox_.clone() / "secret.txt", "not for others\n");
  sandbox_.git(sandbox_.clone(), {"add", "."});
  sandbox_.git(sandbox_.clone(), {"commit", "--quiet", "-m", "left behind"});
  expect_recovery(sandbox_);
  EXPECT_THAT(sandbox_.git(sandbox_.remote(), {"log", "--format=%s", "main"}),
              Not(HasSubstr("left behind")));
}

TEST_F(UsedClone, OnAnotherBranchKeepsThatBranch) {
  sandbox_.git(sandbox_.clone(), {"checkout", "--quiet", "-b", "mine"});
  write(sandbox_.clone() / "mine.txt", "mine\n");
  sandbox_.git(sandbox_.clone(), {"add", "."});
  sandbox_.git(sandbox_.clone(), {"commit", "--quiet", "-m", "mine"});
  expect_recovery(sandbox_);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"log", "-1", "--format=%s", "mine"}), "mine");
}

TEST_F(UsedClone, WithADetachedHeadIsPutBackOnTheBranch) {
  sandbox_.git(sandbox_.clone(), {"checkout", "--quiet", "--detach"});
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, InTheMiddleOfAMergeIsEnded) {
  sandbox_.git(sandbox_.clone(), {"checkout", "--quiet", "-b", "side"});
  write(sandbox_.clone() / kManifestFile, manifest("side"));
  sandbox_.git(sandbox_.clone(), {"commit", "--quiet", "-am", "side"});
  sandbox_.git(sandbox_.clone(), {"checkout", "--quiet", "main"});
  write(sandbox_.clone() / kManifestFile, manifest("mine"));
  sandbox_.git(sandbox_.clone(), {"commit", "--quiet", "-am", "main"});
  ASSERT_NE(sandbox_.shell(sandbox_.clone(), "git merge side"), 0);
  expect_recovery(sandbox_);
  EXPECT_FALSE(fs::exists(git_directory() / "MERGE_HEAD"));
}

TEST_F(UsedClone, InTheMiddleOfARebaseIsEnded) {
  const fs::path clone = sandbox_.clone();
  sandbox_.git(clone, {"checkout", "--quiet", "-b", "side"});
  write(clone / kManifestFile, manifest("side"));
  sandbox_.git(clone, {"commit", "--quiet", "-am", "side"});
  sandbox_.git(clone, {"checkout", "--quiet", "main"});
  write(clone / kManifestFile, manifest("mine"));
  sandbox_.git(clone, {"commit", "--quiet", "-am", "main"});
  ASSERT_NE(sandbox_.shell(clone, "git rebase side"), 0);
  ASSERT_TRUE(fs::exists(git_directory() / "rebase-merge"));
  expect_recovery(sandbox_);
  EXPECT_FALSE(fs::exists(git_directory() / "rebase-merge"));
}

TEST_F(UsedClone, KeepsTheUpstreamThatAPersonChose) {
  sandbox_.git(sandbox_.clone(), {"config", "branch.main.merge", "refs/heads/theirs"});
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"config", "--get-all", "branch.main.merge"}),
            "refs/heads/theirs");
}

TEST_F(UsedClone, WithoutAnUpstreamGetsTheOneOfAnOrdinaryClone) {
  sandbox_.git(sandbox_.clone(), {"config", "--remove-section", "branch.main"});
  expect_recovery(sandbox_);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"config", "branch.main.remote"}), "origin");
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"config", "branch.main.merge"}), "refs/heads/main");
}

TEST_F(UsedClone, IsLeftAsItIsByADryRun) {
  const fs::path edited = sandbox_.clone() / kManifestFile;
  const std::string head = sandbox_.git(sandbox_.clone(), {"rev-parse", "HEAD"});
  sandbox_.push_tag("pr-2-abcdef0");
  write(edited, "edited by hand\n");
  engine::Change change = change_to("pr-7-abcdef0");
  change.dry_run = true;
  const auto pushed = push(sandbox_, change);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->edits.front().previous_tag, "pr-2-abcdef0");
  EXPECT_EQ(read_bytes(edited), "edited by hand\n");
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-parse", "HEAD"}), head);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1"}),
            " M " + std::string(kManifestFile));
}

TEST_F(UsedClone, ThatAPersonMadeFullStaysFull) {
  fs::remove_all(sandbox_.clone());
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", sandbox_.url(), sandbox_.clone().string()});
  sandbox_.push_tag("pr-2-abcdef0");
  expect_recovery(sandbox_);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-parse", "--is-shallow-repository"}), "false");
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-list", "--count", "HEAD"}), "4");
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"config", "remote.origin.fetch"}),
            "+refs/heads/*:refs/remotes/origin/*");
}

TEST_F(UsedClone, IsShallowWhereWeMadeIt) {
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-parse", "--is-shallow-repository"}), "true");
}

TEST_F(UsedClone, OfAnotherUrlIsReplaced) {
  sandbox_.git(sandbox_.clone(),
               {"remote", "set-url", "origin", "https://elsewhere.example/x.git"});
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, ThatPushesElsewhereIsReplaced) {
  sandbox_.git(sandbox_.clone(),
               {"remote", "set-url", "--push", "origin", "https://elsewhere.example/x.git"});
  expect_recovery(sandbox_);
  EXPECT_EQ(sandbox_.shell(sandbox_.clone(), "git config remote.origin.pushurl"), 1);
}

TEST_F(UsedClone, WithoutARepositoryIsReplacedAndNothingBesideIt) {
  fs::remove_all(git_directory());
  write(sandbox_.clone().parent_path() / "other/file.txt", "keep\n");
  expect_recovery(sandbox_);
  EXPECT_EQ(read_bytes(sandbox_.clone().parent_path() / "other/file.txt"), "keep\n");
}

TEST_F(UsedClone, ThatIsAFileIsReplaced) {
  fs::remove_all(sandbox_.clone());
  write(sandbox_.clone(), "not a directory\n");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, ThatIsBareIsReplaced) {
  fs::remove_all(sandbox_.clone());
  sandbox_.git(sandbox_.path(),
               {"clone", "--quiet", "--bare", sandbox_.url(), sandbox_.clone().string()});
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WhoseObjectsAreLostIsReplaced) {
  fs::remove_all(git_directory() / "objects");
  fs::create_directories(git_directory() / "objects");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WhoseObjectsAreGarbageIsReplaced) {
  ASSERT_EQ(sandbox_.shell(git_directory(),
                           "find objects -type f | while read -r f; do chmod u+w \"$f\"; "
                           "echo garbage > \"$f\"; done"),
            0);
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WhoseTrackingRefIsGarbageIsReplaced) {
  write(git_directory() / "refs/remotes/origin/main", "garbage\n");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WhoseConfigurationIsGarbageIsReplaced) {
  write(git_directory() / "config", "[remote \"origin\n");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WithoutHeadIsReplaced) {
  fs::remove(git_directory() / "HEAD");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WhoseIndexIsGarbageIsRepaired) {
  write(git_directory() / "index", "garbage");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WithLocksOfADeadGitIsUnlocked) {
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  for (const char* const lock :
       {"index.lock", "HEAD.lock", "config.lock", "shallow.lock", "packed-refs.lock",
        "refs/heads/main.lock", "refs/remotes/origin/main.lock"}) {
    write(git_directory() / lock, "");
    fs::last_write_time(git_directory() / lock, old);
  }
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, WithAFreshLockWaitsAMomentAndGoesOn) {
  write(git_directory() / "index.lock", "");
  expect_recovery(sandbox_);
}

TEST_F(UsedClone, ThatIsASymbolicLinkIsRefusedAndNothingTouched) {
  const fs::path elsewhere = sandbox_.path() / "elsewhere";
  fs::rename(sandbox_.clone(), elsewhere);
  write(elsewhere / kManifestFile, "a person's edit\n");
  fs::create_directory_symlink(elsewhere, sandbox_.clone());
  const std::string before = sandbox_.remote_head();
  ASSERT_TRUE(fails(push(sandbox_, change_to("pr-7-abcdef0")), Code::bad_config));
  EXPECT_EQ(read_bytes(elsewhere / kManifestFile), "a person's edit\n");
  EXPECT_TRUE(fs::is_symlink(sandbox_.clone()));
  EXPECT_EQ(sandbox_.remote_head(), before);
}

TEST_F(UsedClone, BelowASymbolicLinkIsRefused) {
  const fs::path directory = sandbox_.clone().parent_path();
  fs::rename(directory, sandbox_.path() / "elsewhere");
  fs::create_directory_symlink(sandbox_.path() / "elsewhere", directory);
  EXPECT_TRUE(fails(push(sandbox_, change_to("pr-7-abcdef0")), Code::bad_config));
}

TEST(Clone, ThatCannotBeMadeSaysWhere) {
  const GitSandbox sandbox_;
  fs::create_directories(sandbox_.clone().parent_path().parent_path());
  std::ofstream(sandbox_.clone().parent_path()) << "a file\n";
  const auto pushed = push(sandbox_, change_to("pr-7-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::internal));
  EXPECT_THAT(pushed.error().message, HasSubstr(sandbox_.clone().parent_path().string()));
}

TEST(Clone, OfADryRunHasNothingCommittedOrPushed) {
  const GitSandbox sandbox_;
  const std::string before = sandbox_.remote_head();
  engine::Change change = change_to("pr-7-abcdef0");
  change.dry_run = true;
  const auto pushed = push(sandbox_, change);
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_FALSE(pushed->commit);
  EXPECT_EQ(pushed->attempts, 0);
  EXPECT_THAT(pushed->edits.front().diff, HasSubstr("+    newTag: pr-7-abcdef0\n"));
  EXPECT_EQ(sandbox_.remote_head(), before);
}

TEST(Clone, OfAnUnchangedManifestStandsAtTheRemotesHead) {
  const GitSandbox sandbox_;
  const std::string before = sandbox_.remote_head();
  const auto pushed = push(sandbox_, change_to("old"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_FALSE(pushed->changed);
  EXPECT_EQ(pushed->edits.front().previous_tag, "old");
  EXPECT_EQ(pushed->attempts, 0);
  EXPECT_EQ(sandbox_.remote_head(), before);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
}

}  // namespace
}  // namespace test
