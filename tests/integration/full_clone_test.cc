// A large clone with all its files, as a person makes one: after a rollout it stands clean at the
// pushed commit, whatever was done in it before.
#include <fstream>

#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

namespace fs = std::filesystem;

// Long paths, so that few files make a large index.
std::string numbered(const std::string& number) {
  return "other/" + std::string(180, 'x') + "-" + number + ".yaml";
}

class FullClone : public testing::Test {
 protected:
  void SetUp() override {
    push("mkdir other && for i in $(seq 600); do echo $i > " + numbered("$i") + "; done");
    sandbox_.git(sandbox_.path(), {"clone", "--quiet", sandbox_.url(), sandbox_.clone().string()});
  }

  void push(const std::string& script) const { sandbox_.push_changes(script); }

  void expect_landed(const std::string& tag, const std::string& file = std::string(kManifestFile)) {
    engine::Change change = change_to(tag);
    change.edits.front().file = repository_path(file);
    const auto pushed = test::push(sandbox_, change);
    ASSERT_TRUE(ok(pushed));
    EXPECT_EQ(pushed->warnings, std::vector<std::string>());
    EXPECT_EQ(git({"status", "--porcelain=v1", "--branch", "--untracked-files=no"}),
              "## main...origin/main");
    EXPECT_EQ(git({"rev-parse", "HEAD"}), sandbox_.remote_head());
    EXPECT_EQ(read_bytes(sandbox_.clone() / file), manifest(tag));
    EXPECT_EQ(git({"ls-files", "--deleted"}), "");
    EXPECT_EQ(git({"rev-parse", "HEAD@{0}"}), sandbox_.remote_head());
  }

  void edit(const std::string& file) const {
    std::ofstream(sandbox_.clone() / file, std::ios::app) << "edited\n";
  }
  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(sandbox_.clone(), arguments);
  }

  GitSandbox sandbox_;
};

TEST_F(FullClone, FollowsEveryRollout) {
  expect_landed("pr-1-abcdef0");
  expect_landed("pr-2-abcdef0");
}

TEST_F(FullClone, FollowsWhatOthersPushed) {
  push("rm " + numbered("1") + " && echo new > other/new.yaml");
  expect_landed("pr-1-abcdef0");
  EXPECT_FALSE(fs::exists(sandbox_.clone() / numbered("1")));
}

TEST_F(FullClone, LosesUncommittedEditsOfTrackedFilesOnly) {
  edit(numbered("7"));
  edit(numbered("8"));
  edit("notes.txt");
  git({"add", numbered("8")});
  expect_landed("pr-1-abcdef0");
  EXPECT_EQ(read_bytes(sandbox_.clone() / numbered("7")), "7\n");
  EXPECT_EQ(read_bytes(sandbox_.clone() / numbered("8")), "8\n");
  EXPECT_EQ(read_bytes(sandbox_.clone() / "notes.txt"), "edited\n");
}

TEST_F(FullClone, ComesBackToTheBranchFromAnywhere) {
  git({"checkout", "--quiet", "--detach"});
  expect_landed("pr-1-abcdef0");
  git({"checkout", "--quiet", "-b", "elsewhere"});
  expect_landed("pr-2-abcdef0");
  edit(numbered("7"));
  git({"commit", "--quiet", "--all", "-m", "not pushed"});
  git({"checkout", "--quiet", "main"});
  git({"merge", "--quiet", "--no-commit", "--no-ff", "elsewhere"});
  expect_landed("pr-3-abcdef0");
}

TEST_F(FullClone, BringsTheFileThatAPersonHasLeftOut) {
  git({"sparse-checkout", "set", "--cone", "--no-sparse-index", "other"});
  EXPECT_FALSE(fs::exists(sandbox_.clone() / kManifestFile));
  expect_landed("pr-1-abcdef0");
}

TEST_F(FullClone, TakesTheFileByItsName) {
  const std::string file = "apps/[a]*/kustomization.yaml";
  push("mkdir 'apps/[a]*' apps/ab && printf '" + manifest("old") +
       "' | tee 'apps/[a]*/kustomization.yaml' > apps/ab/kustomization.yaml");
  git({"pull", "--quiet"});
  expect_landed("pr-1-abcdef0", file);
  EXPECT_EQ(read_bytes(sandbox_.clone() / "apps/ab/kustomization.yaml"), manifest("old"));
}

TEST_F(FullClone, RunsNoHookThatAResetDoesNotRun) {
  const fs::path hook = sandbox_.clone() / ".git/hooks/post-checkout";
  fs::create_directories(hook.parent_path());
  std::ofstream(hook) << "#!/bin/sh\ntouch \"$GIT_DIR/ran\"\n";
  fs::permissions(hook, fs::perms::owner_all);
  expect_landed("pr-1-abcdef0");
  EXPECT_FALSE(fs::exists(sandbox_.clone() / ".git/ran"));
}

}  // namespace
}  // namespace test
