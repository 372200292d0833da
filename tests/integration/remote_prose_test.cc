// What a remote says never costs a clone: a person's unpushed work in it stays, and the failure is
// told as the remote's. Only a clone that is broken itself is replaced.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using test::change_to;
using test::GitSandbox;
using test::manifest;
using test::ok;
using test::push;
using testing::HasSubstr;

// The words by which a git tells of its own broken repository, on standard error.
constexpr std::string_view kComplaint =
    "echo 'error: object file ./objects/ab/cdef is empty' >&2\n"
    "echo 'error: unable to find 0123456789abcdef0123456789abcdef01234567' >&2\n"
    "echo 'fatal: bad object HEAD: the pack is corrupt, the index file is broken' >&2\n";

// The same in the packet by which a server gives its last words.
constexpr std::string_view kLastWords =
    "t='ERR the pack is corrupt: bad object, unable to find it'\n"
    "printf '%04x%s' $((${#t} + 4)) \"$t\"\n";

// A clone in which one rollout was done, and then a person committed to a branch of their own; the
// remote has moved since.
class UnpushedWork : public testing::Test {
 protected:
  UnpushedWork() {
    EXPECT_TRUE(ok(push(sandbox_, change_to("pr-1-abcdef0"))));
    commit_by_hand();
    sandbox_.push_tag("pr-2-abcdef0");
  }

  fs::path clone() const { return sandbox_.clone(); }

  void commit_by_hand() {
    // Without a look at files, which a partial clone would fetch.
    commit_ = sandbox_.git(clone(), {"commit-tree", "-p", "HEAD", "-m", "mine", "HEAD^{tree}"});
    sandbox_.git(clone(), {"branch", "mine", commit_});
    std::ofstream(clone() / "mine.txt") << "mine\n";
  }

  // Sets a program of the remote's side: it runs this script the first time, and is what it stands
  // for from then on.
  void once(const std::string& setting, std::string_view script, std::string_view then) const {
    const fs::path file = sandbox_.path() / "program";
    std::ofstream(file) << "#!/bin/sh\n[ ! -e '" << file.string() << ".ran' ] || exec " << then
                        << " \"$@\"\ntouch '" << file.string() << ".ran'\n"
                        << script;
    fs::permissions(file, fs::perms::owner_all);
    sandbox_.configure(setting, file.string());
  }
  void upload_pack_once(std::string_view script) const {
    once("remote.origin.uploadpack", script, "git-upload-pack");
  }

  // The rollout fails, and nothing of the person's is lost; the next one goes on in the same clone.
  void expect_kept(const std::string& words) const {
    const auto pushed = push(sandbox_, change_to("pr-7-abcdef0"));
    ASSERT_FALSE(pushed);
    EXPECT_THAT(pushed.error().message, HasSubstr(words));
    EXPECT_TRUE(fs::exists(clone() / "mine.txt"));
    ASSERT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
    EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-7-abcdef0"));
    EXPECT_EQ(sandbox_.git(clone(), {"rev-parse", "mine"}), commit_);
    EXPECT_TRUE(fs::exists(clone() / "mine.txt"));
  }

  GitSandbox sandbox_;
  std::string commit_;
};

TEST_F(UnpushedWork, OutlivesARemoteThatComplainsOfItself) {
  once("uploadpack.packObjectsHook", std::string(kComplaint) + "exit 1\n", "");
  expect_kept("Could not fetch from " + sandbox_.url() + ": ");
}

TEST_F(UnpushedWork, OutlivesARemoteWhoseLastWordsGitPassesOn) {
  upload_pack_once(kLastWords);
  expect_kept("Could not fetch from " + sandbox_.url() +
              ": fatal: remote error: the pack is corrupt: bad object, unable to find it");
}

TEST_F(UnpushedWork, OutlivesAGitThatDiesAtTheRemotesEnd) {
  upload_pack_once(std::string(kComplaint) + "exit 128\n");
  expect_kept("Could not fetch from " + sandbox_.url() + ": fatal: bad object HEAD");
}

// What git says itself is then not known: the objects alone tell that the clone is sound.
TEST_F(UnpushedWork, OutlivesAConversationThatMakesNoSense) {
  upload_pack_once(std::string(kComplaint) + "printf '000eversion 2\\n0006x\\n0000'\n");
  expect_kept("Could not fetch from " + sandbox_.url() + ": ");
}

// The manifest is not in the clone, and the remote does not give it.
TEST_F(UnpushedWork, OutlivesARemoteThatKeepsAFileBack) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  fs::remove_all(clone());
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", "--no-checkout", "--filter=blob:none",
                                 sandbox_.url(), clone().string()});
  commit_by_hand();
  upload_pack_once(kLastWords);
  expect_kept("Could not fetch from " + sandbox_.url() + ": fatal: remote error: the pack is");
}

TEST_F(UnpushedWork, GoesWithACloneThatIsBrokenItself) {
  ASSERT_EQ(sandbox_.shell(clone(),
                           "chmod -R u+w .git/objects && find .git/objects -type f -exec "
                           "sh -c 'echo garbage > \"$0\"' {} ';'"),
            0);
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-7-abcdef0"));
  EXPECT_EQ(sandbox_.shell(clone(), "git rev-parse --verify --quiet mine"), 1);
}

// Both at once: the clone is broken, and the new one cannot be fetched.
TEST_F(UnpushedWork, IsPutBackWithABrokenCloneWhereTheRemoteFails) {
  ASSERT_EQ(sandbox_.shell(clone(), "echo garbage > .git/refs/heads/broken"), 0);
  upload_pack_once(std::string(kLastWords) + "rm -f \"$0.ran\"\n");
  ASSERT_FALSE(push(sandbox_, change_to("pr-7-abcdef0")));
  EXPECT_EQ(sandbox_.git(clone(), {"rev-parse", "mine"}), commit_);
  EXPECT_TRUE(fs::exists(clone() / "mine.txt"));
}

}  // namespace
