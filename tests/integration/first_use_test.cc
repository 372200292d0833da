// What a clone brings when there is none yet, and what of it stands in the work tree: as little as
// a rollout needs, and yet an ordinary clone for a person.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::PushedChange;
using engine::Result;
using test::change_to;
using test::GitSandbox;
using test::manifest;
using test::ok;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class FirstUse : public testing::Test {
 protected:
  Result<PushedChange> push(const engine::Change& change) const {
    return test::push(sandbox_, change);
  }
  Result<PushedChange> land_in(const std::string& file, const std::string& tag) const {
    engine::Change change = change_to(tag);
    change.edits.front().file = test::repository_path(file);
    return push(change);
  }

  void push(const std::string& script) const { sandbox_.push_changes(script); }
  // As many directories as make a repository large.
  void push_many() const {
    push("mkdir -p $(seq -f many/a%.0f 1 1100); for d in many/*; do printf '" + manifest("old") +
         "' > $d/kustomization.yaml; done");
  }

  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(sandbox_.clone(), arguments);
  }
  // Files that the clone has not got, of those at its HEAD.
  std::string missing() const {
    return sandbox_.shell(sandbox_.clone(),
                          "git rev-list --objects --missing=print HEAD | grep -q '^?'") == 0
               ? "some"
               : "none";
  }
  std::size_t files_in_work_tree() const {
    std::size_t count = 0;
    for (fs::recursive_directory_iterator entry(sandbox_.clone()), end; entry != end; ++entry) {
      if (entry->path().filename() == ".git") {
        entry.disable_recursion_pending();
      } else if (entry->is_regular_file()) {
        ++count;
      }
    }
    return count;
  }
  void expect_clean() const {
    EXPECT_EQ(git({"status", "--porcelain=v1", "--branch"}), "## main...origin/main");
    EXPECT_EQ(git({"rev-parse", "HEAD"}), sandbox_.remote_head());
    // Newer git advises a person whose index is sparse, as it is here by intention.
    EXPECT_EQ(git({"-c", "advice.sparseIndexExpanded=false", "fsck", "--no-dangling"}), "");
  }

  GitSandbox sandbox_;
};

TEST_F(FirstUse, OfASmallRepositoryHasAllFiles) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  push("echo notes > notes.txt; head -c 2000000 /dev/zero > large.bin");
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  EXPECT_EQ(files_in_work_tree(), 3U);
  EXPECT_EQ(missing(), "none");
  expect_clean();
}

TEST_F(FirstUse, OfALargeRepositoryHasTheFilesOfTheRootAndOfTheChange) {
  push_many();
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  EXPECT_EQ(files_in_work_tree(), 1U);
  EXPECT_EQ(test::read_bytes(sandbox_.clone() / test::kManifestFile), manifest("pr-1-abcdef0"));
  EXPECT_THAT(git({"ls-files", "--sparse"}), Not(HasSubstr("many/a")));
  expect_clean();

  ASSERT_TRUE(ok(land_in("many/a7/kustomization.yaml", "pr-2-abcdef0")));
  EXPECT_EQ(test::read_bytes(sandbox_.clone() / "many/a7/kustomization.yaml"),
            manifest("pr-2-abcdef0"));
  EXPECT_EQ(files_in_work_tree(), 2U);
  expect_clean();
}

TEST_F(FirstUse, OfALargeRepositoryLeavesAnOrdinaryCloneForAPerson) {
  push_many();
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  push("echo elsewhere > many/a3/notes.txt");
  git({"fetch", "--quiet"});
  git({"reset", "--quiet", "--hard", "origin/main"});
  push("echo elsewhere >> many/a3/notes.txt");
  std::ofstream(sandbox_.clone() / "by-hand.txt") << "by hand\n";
  git({"add", "by-hand.txt"});
  git({"commit", "--quiet", "-m", "by hand"});
  git({"pull", "--quiet", "--rebase"});
  git({"push", "--quiet", "origin", "HEAD:main"});
  git({"gc", "--quiet"});
  expect_clean();
  git({"sparse-checkout", "disable"});
  EXPECT_EQ(files_in_work_tree(), 1103U);
  expect_clean();

  ASSERT_TRUE(ok(land_in("many/a9/kustomization.yaml", "pr-2-abcdef0")));
  EXPECT_EQ(files_in_work_tree(), 1103U);
  expect_clean();
}

TEST_F(FirstUse, LeavesOutLargeFilesThatAreNotNeeded) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  push_many();
  push("head -c 2000000 /dev/zero > many/a3/large.bin");
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  EXPECT_EQ(missing(), "some");
  expect_clean();
  push("echo elsewhere > many/a3/notes.txt");
  ASSERT_TRUE(ok(push(change_to("pr-2-abcdef0"))));
  EXPECT_EQ(missing(), "some");
  git({"sparse-checkout", "disable"});
  EXPECT_EQ(fs::file_size(sandbox_.clone() / "many/a3/large.bin"), 2000000U);
  expect_clean();
}

TEST_F(FirstUse, BringsALargeManifestThatWasLeftOut) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  push("head -c 2000000 /dev/zero | tr '\\0' '#' >> apps/backend/kustomization.yaml");
  const auto pushed = push(change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_THAT(pushed->warnings, IsEmpty());
  expect_clean();
}

TEST_F(FirstUse, FromAServerThatRefusesToFilterBringsAll) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  sandbox_.git(sandbox_.remote(), {"config", "uploadpackfilter.allow", "false"});
  push("head -c 2000000 /dev/zero > large.bin");
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  EXPECT_EQ(missing(), "none");
  expect_clean();
  sandbox_.push_tag("pr-2-abcdef0");
  ASSERT_TRUE(ok(push(change_to("pr-3-abcdef0"))));
  expect_clean();
}

TEST_F(FirstUse, KeepsThePartialCloneOfAPerson) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  fs::create_directories(sandbox_.clone().parent_path());
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", "--no-checkout", "--filter=blob:none",
                                 sandbox_.url(), sandbox_.clone().string()});
  git({"config", "test.mark", "kept"});
  EXPECT_EQ(missing(), "some");
  ASSERT_TRUE(ok(push(change_to("pr-1-abcdef0"))));
  EXPECT_EQ(git({"config", "test.mark"}), "kept");
  expect_clean();
}

}  // namespace
