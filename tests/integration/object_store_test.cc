// Files of a commit, read and replaced without a work tree.
#include "engine/git/object_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/handles.h"
#include "engine/git/unified_diff.h"
#include "tests/support/expect_ok.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::CommitId;
using engine::GitObjectStore;
using test::fails;
using test::GitSandbox;
using test::ok;
using testing::HasSubstr;

// A repository with one commit of what a script put there.
class ObjectStore : public testing::Test {
 protected:
  CommitId commit(const std::string& script) {
    work_ = sandbox_.path() / "work";
    sandbox_.git(sandbox_.path(), {"init", "--quiet", work_.string()});
    EXPECT_EQ(sandbox_.shell(work_, script), 0);
    sandbox_.git(work_, {"add", "."});
    sandbox_.git(work_, {"commit", "--quiet", "-m", "one"});
    return *CommitId::parse(sandbox_.git(work_, {"rev-parse", "HEAD"}));
  }
  GitObjectStore open() const { return std::move(*GitObjectStore::open(work_)); }
  engine::Result<std::string> read(const CommitId& commit, const std::string& path) const {
    return open().read_file(commit, test::repository_path(path), "branch main of x");
  }
  GitSandbox sandbox_;
  fs::path work_;
};

TEST_F(ObjectStore, ReadsBytesAsTheyAre) {
  const CommitId head = commit("mkdir -p a/b && printf 'x\\r\\n\\000y' > a/b/c");
  const auto bytes = read(head, "a/b/c");
  ASSERT_TRUE(ok(bytes));
  EXPECT_EQ(*bytes, std::string("x\r\n\0y", 5));
}

TEST_F(ObjectStore, NamesWhoChangedAFileSinceACommit) {
  commit("git config user.name Ann && echo x > before");
  const CommitId base = commit("git config user.name Bob && echo x > at");
  const CommitId head = commit("git config user.name Eve && echo x > after");
  const auto last_change = [&](const char* path) {
    const auto found = open().last_change(head, base, test::repository_path(path));
    return found ? found->author : std::string();
  };
  EXPECT_EQ(last_change("after"), "Eve");
  EXPECT_EQ(last_change("before"), "");
}

TEST_F(ObjectStore, RefusesWhatIsNoOrdinaryFile) {
  const CommitId head = commit(
      "mkdir d && echo x > d/file && ln -s d/file link && ln -s d dirlink && "
      "git init -q sub && git -C sub commit -q --allow-empty -m s && "
      "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:1\\n' > lfs && "
      "head -c 4194305 /dev/zero > large && head -c 4194304 /dev/zero > largest");
  const auto expect = [&](const char* path, Code code, const char* words) {
    const auto bytes = read(head, path);
    ASSERT_TRUE(fails(bytes, code)) << path;
    EXPECT_THAT(bytes.error().message, HasSubstr(words));
    EXPECT_THAT(bytes.error().message, HasSubstr(path));
  };
  expect("missing.yaml", Code::bad_path, "does not exist");
  expect("d/missing.yaml", Code::bad_path, "on branch main of x does not exist");
  expect("d", Code::bad_path, "is a directory");
  expect("link", Code::bad_path, "is a symbolic link");
  expect("dirlink/file", Code::bad_path, "dirlink is a symbolic link");
  expect("d/file/x", Code::bad_path, "d/file is a file");
  expect("sub", Code::bad_path, "is a submodule");
  expect("sub/x", Code::bad_path, "sub is a submodule");
  expect("lfs", Code::bad_manifest, "Git LFS pointer");
  expect("large", Code::bad_manifest, "4194305 bytes");
  EXPECT_TRUE(ok(read(head, "largest")));
}

TEST_F(ObjectStore, ReplacesOneFileAndKeepsAllElse) {
  const CommitId head = commit(
      "mkdir -p a/b && echo old > a/b/c && chmod +x a/b/c && echo other > a/b/d && "
      "ln -s c a/b/link && echo top > top");
  const GitObjectStore store = open();
  const auto tree = store.write_tree(head, {{test::repository_path("a/b/c"), "new\n"}});
  ASSERT_TRUE(ok(tree));
  const auto made = store.write_commit(*tree, head, "message", test::sandbox_identity());
  ASSERT_TRUE(ok(made));
  EXPECT_EQ(
      sandbox_
          .git(work_, {"diff", "--raw", "--abbrev=1", "--no-renames", head.text(), made->text()})
          .substr(0, 15),
      ":100755 100755 ");
  EXPECT_EQ(sandbox_.git(work_, {"diff", "--name-only", head.text(), made->text()}), "a/b/c");
  EXPECT_EQ(sandbox_.git(work_, {"show", made->text() + ":a/b/c"}), "new");
  EXPECT_EQ(sandbox_.git(work_, {"status", "--porcelain"}), "")
      << "index and work tree are as they were";
  EXPECT_EQ(sandbox_.git(work_, {"fsck", "--strict", "--no-dangling"}), "");
}

TEST_F(ObjectStore, NoticesALostObject) {
  const CommitId head = commit("echo x > f");
  fs::remove_all(work_ / ".git/objects");
  fs::create_directories(work_ / ".git/objects");
  const GitObjectStore store = open();
  EXPECT_TRUE(fails(store.read_file(head, test::repository_path("f"), "x"), Code::internal));
}

// libgit2 1.5 takes a commit for written then, which the push would not find.
TEST_F(ObjectStore, WhatCannotBeWrittenIsToldByItsReason) {
  const CommitId head = commit("echo x > f");
  const GitObjectStore store = open();
  const auto tree = store.write_tree(head, {{test::repository_path("f"), "y\n"}});
  ASSERT_TRUE(ok(tree));
  const test::FileSizeLimit limit(0);
  const auto made = store.write_commit(*tree, head, "message", test::sandbox_identity());
  ASSERT_TRUE(fails(made, Code::disk_full));
  EXPECT_THAT(made.error().message, HasSubstr("File too large"));
  const auto other = store.write_tree(head, {{test::repository_path("f"), "z\n"}});
  ASSERT_TRUE(fails(other, Code::disk_full));
}

TEST(UnifiedDiff, ShowsTheChangeInThreeLinesOfContext) {
  const auto diff = engine::unified_diff("a/k.yaml", "1\n2\n3\n4\nold\n6\n7\n8\n9\n",
                                         "1\n2\n3\n4\nnew\n6\n7\n8\n9\n");
  ASSERT_TRUE(ok(diff));
  EXPECT_THAT(*diff, HasSubstr("--- a/a/k.yaml\n+++ b/a/k.yaml\n@@ -2,7 +2,7 @@"));
  EXPECT_THAT(*diff, HasSubstr("\n 4\n-old\n+new\n 6\n"));
}

TEST(UnifiedDiff, OfTheSameBytesIsEmpty) {
  const auto diff = engine::unified_diff("k", "x\n", "x\n");
  ASSERT_TRUE(ok(diff));
  EXPECT_EQ(*diff, "");
}

// Its start would read the machine's certificate authorities, which takes longer than a rollout's
// own work; here only git talks to remotes.
TEST(LibGit2, TakesNoCertificateAuthority) {
  engine::start_libgit2();
  const char* const authorities = "/etc/ssl/certs/ca-certificates.crt";
  ASSERT_TRUE(fs::exists(authorities));
  EXPECT_NE(git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, authorities, nullptr), 0);
}

}  // namespace
