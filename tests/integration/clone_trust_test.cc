// Whose a clone is, where its own configuration sends git, and what happens when something else
// takes its place.
#include <fstream>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/flux/clone_packing.h"
#include "engine/flux/repository.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

namespace fs = std::filesystem;

using engine::Code;
using engine::FluxRepository;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;
constexpr uid_t kSomebody = 34567;

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status.st_mode;
}

// What is there that others than its owner can get at.
std::vector<std::string> exposed(const fs::path& directory) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_symlink() && (mode_of(entry.path()) & kOthers) != 0) {
      found.push_back(entry.path().string());
    }
  }
  return found;
}

// A clone in which one rollout was done with the umask of the program, and a mark in it that a
// clone which replaces it does not have.
class TrustedClone : public testing::Test {
 protected:
  TrustedClone() {
    EXPECT_TRUE(ok(push(sandbox_, change_to("pr-1-abcdef0"))));
    write(mark(), "a person's\n");
  }
  ~TrustedClone() override { ::umask(umask_); }

  static void write(const fs::path& file, std::string_view bytes) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
  }
  fs::path mark() const { return sandbox_.clone() / ".git/mark"; }
  void configure(const std::string& key, const std::string& value) const {
    sandbox_.git(sandbox_.clone(), {"config", key, value});
  }

  void expect_replaced() {
    EXPECT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
    EXPECT_FALSE(fs::exists(mark()));
    expect_ordinary();
  }
  void expect_kept() {
    EXPECT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
    EXPECT_TRUE(fs::exists(mark()));
    expect_ordinary();
  }
  void expect_ordinary() {
    EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-7-abcdef0"));
    EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1", "--branch"}),
              "## main...origin/main");
    EXPECT_EQ(read_bytes(sandbox_.clone() / kManifestFile), manifest("pr-7-abcdef0"));
    EXPECT_THAT(exposed(sandbox_.clone()), IsEmpty());
    // Nothing but the clone and its lock.
    EXPECT_EQ(std::distance(fs::directory_iterator(sandbox_.clone().parent_path()), {}), 2);
  }

  const mode_t umask_ = ::umask(kOthers);
  GitSandbox sandbox_;
};

TEST_F(TrustedClone, IsItsUsersAlone) {
  EXPECT_THAT(exposed(sandbox_.clone().parent_path()), IsEmpty());
  EXPECT_EQ(mode_of(sandbox_.clone()) & kOthers, 0U);
  EXPECT_EQ(mode_of(sandbox_.clone().parent_path()) & kOthers, 0U);
  expect_kept();
}

TEST_F(TrustedClone, ThatOthersCanReadIsClosedToThem) {
  for (const char* const mode : {"a+rX", "g+rX", "o+x"}) {
    ASSERT_EQ(sandbox_.shell(sandbox_.clone(), "chmod -R " + std::string(mode) + " .. "), 0);
    EXPECT_TRUE(ok(push(sandbox_, change_to(std::string("pr-2-abcdef") + mode[0]))));
    EXPECT_THAT(exposed(sandbox_.clone().parent_path()), IsEmpty()) << mode;
    EXPECT_TRUE(fs::exists(mark()));
  }
  expect_kept();
}

TEST_F(TrustedClone, WhoseConfigurationAloneOthersCanReadIsClosedToThem) {
  fs::permissions(sandbox_.clone() / ".git/config", fs::perms(0644));
  expect_kept();
}

TEST_F(TrustedClone, WithAnExecutableKeepsItExecutable) {
  write(sandbox_.clone() / "run.sh", "#!/bin/sh\n");
  fs::permissions(sandbox_.clone() / "run.sh", fs::perms(0755));
  fs::permissions(sandbox_.clone(), fs::perms(0755));
  ASSERT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_EQ(mode_of(sandbox_.clone() / "run.sh") & 07777U, 0700U);
}

class WritablePart : public TrustedClone, public testing::WithParamInterface<const char*> {};

TEST_P(WritablePart, OfACloneIsReasonToReplaceIt) {
  for (const fs::perms bit : {fs::perms::group_write, fs::perms::others_write}) {
    write(mark(), "a person's\n");
    fs::permissions(sandbox_.clone() / GetParam(), bit, fs::perm_options::add);
    ASSERT_TRUE(ok(push(sandbox_, change_to("pr-6-abcdef0"))));
    EXPECT_FALSE(fs::exists(mark()));
    EXPECT_THAT(exposed(sandbox_.clone()), IsEmpty());
  }
}
INSTANTIATE_TEST_SUITE_P(Parts, WritablePart,
                         testing::Values("", ".git", ".git/config", ".git/hooks", ".git/info",
                                         ".git/objects", ".git/refs"));

TEST_F(TrustedClone, WhoseHookOthersCanReachAndWriteIsReplaced) {
  write(sandbox_.clone() / ".git/hooks/pre-push", "#!/bin/sh\nexit 1\n");
  fs::permissions(sandbox_.clone() / ".git/hooks/pre-push", fs::perms(0775));
  ASSERT_EQ(sandbox_.shell(sandbox_.clone(), "chmod 0755 . .git"), 0);
  expect_replaced();
}

// With the umask of many systems it is writable by the group, in a directory that nobody can enter.
TEST_F(TrustedClone, KeepsAHookThatAPersonWroteWithTheirUmask) {
  const fs::path ran = sandbox_.path() / "ran";
  write(sandbox_.clone() / ".git/hooks/pre-push", "#!/bin/sh\ntouch " + ran.string() + "\n");
  fs::permissions(sandbox_.clone() / ".git/hooks/pre-push", fs::perms(0775));
  EXPECT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_TRUE(fs::exists(mark()));
  EXPECT_TRUE(fs::exists(ran));
}

TEST_F(TrustedClone, KeepsHarmlessSettingsOfAPerson) {
  write(sandbox_.path() / "more", "[user]\n\tname = Zoe\n[core]\n\tabbrev = 12\n");
  configure("alias.st", "status");
  configure("include.path", (sandbox_.path() / "more").string());
  configure("includeIf.gitdir:/elsewhere/.path", "/nonexistent");
  configure("url.https://elsewhere.example/.insteadOf", "https://other.example/");
  configure("core.sharedRepository", "0600");
  expect_kept();
}

class OwnSetting : public TrustedClone,
                   public testing::WithParamInterface<std::pair<std::string, std::string>> {
 protected:
  // The setting in a file of its own.
  fs::path file() const {
    const fs::path file = sandbox_.path() / "setting";
    const auto& [name, setting] = GetParam();
    const std::string value = setting == "<url>" ? sandbox_.url().substr(0, 12) : setting;
    sandbox_.git(sandbox_.path(), {"config", "--file", file.string(), name, value});
    return file;
  }
  void append_to(const fs::path& config) const {
    std::ofstream(config, std::ios::app) << read_bytes(file());
  }
};

TEST_P(OwnSetting, InTheConfigurationIsReasonToReplaceTheClone) {
  append_to(sandbox_.clone() / ".git/config");
  expect_replaced();
}

TEST_P(OwnSetting, InAnIncludedFileIsReasonToReplaceTheClone) {
  configure("include.path", file().string());
  expect_replaced();
}

TEST_P(OwnSetting, IncludedUnderAConditionIsReasonToReplaceTheClone) {
  for (const std::string& condition :
       {std::string("onbranch:main"), "gitdir:" + sandbox_.clone().string() + "/.git"}) {
    write(mark(), "a person's\n");
    configure("includeIf." + condition + ".path", file().string());
    expect_replaced();
  }
}

TEST_P(OwnSetting, InAFileBelowTheHomeIsReasonToReplaceTheClone) {
  fs::copy_file(file(), sandbox_.home() / "setting");
  configure("include.path", "~/setting");
  expect_replaced();
}

TEST_P(OwnSetting, OfTheWorkTreeIsReasonToReplaceTheClone) {
  configure("extensions.worktreeConfig", "true");
  append_to(sandbox_.clone() / ".git/config.worktree");
  expect_replaced();
}

TEST_P(OwnSetting, IncludedByThatOfTheWorkTreeIsReasonToReplaceTheClone) {
  configure("extensions.worktreeConfig", "true");
  sandbox_.git(sandbox_.clone(), {"config", "--worktree", "include.path", file().string()});
  expect_replaced();
}

std::vector<std::pair<std::string, std::string>> settings() {
  return {{"url.https://evil.example/.insteadOf", "<url>"},
          {"url.https://evil.example/.pushInsteadOf", "<url>"},
          {"remote.origin.pushurl", "https://evil.example/x.git"},
          {"remote.origin.vcs", "evil"},
          {"remote.origin.receivepack", "/evil"},
          {"core.worktree", "/tmp"},
          {"core.bare", "true"},
          {"core.sharedRepository", "group"}};
}

INSTANTIATE_TEST_SUITE_P(Settings, OwnSetting, testing::ValuesIn(settings()));

TEST_F(TrustedClone, ThatIsAWorkTreeOfAnotherRepositoryIsReplaced) {
  sandbox_.git(sandbox_.path(), {"clone", "--quiet", sandbox_.url(), "mine"});
  write(sandbox_.clone() / ".git/commondir", (sandbox_.path() / "mine/.git").string() + "\n");
  expect_replaced();
}

TEST_F(TrustedClone, WhoseConfigurationIsAPipeIsReplaced) {
  fs::remove(sandbox_.clone() / ".git/config");
  ASSERT_EQ(::mkfifo((sandbox_.clone() / ".git/config").c_str(), 0600), 0);
  expect_replaced();
}

TEST_F(TrustedClone, WithAPackThatHasLostItsBytesIsReplaced) {
  write(sandbox_.clone() / ".git/objects/pack" / ("pack-" + std::string(40, '1') + ".pack"), "");
  expect_replaced();
}

TEST_F(TrustedClone, OfTheUsersOwnRewritingOfUrlsIsKept) {
  const fs::path moved = sandbox_.path() / "moved.git";
  fs::rename(sandbox_.remote(), moved);
  sandbox_.configure("url.file://" + moved.string() + ".insteadOf", sandbox_.url());
  EXPECT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_TRUE(fs::exists(mark()));
}

// Replacing.

TEST_F(TrustedClone, IsPutBackWhenTheRemoteOfTheNewOneCannotBeHad) {
  const std::string before = read_bytes(sandbox_.clone() / ".git/config");
  SandboxHost host(sandbox_);
  {
    engine::FluxRemote elsewhere = sandbox_.flux_remote();
    elsewhere.url = engine::RemoteUrl("file://" + (sandbox_.path() / "nowhere.git").string());
    auto repository = FluxRepository::open(host.host, elsewhere, {});
    ASSERT_TRUE(ok(repository));
    EXPECT_FALSE(fs::exists(mark()));
    EXPECT_TRUE(fails(repository->fetch({}), Code::remote_not_found));
  }
  EXPECT_EQ(read_bytes(sandbox_.clone() / ".git/config"), before);
  expect_kept();
}

TEST_F(TrustedClone, ThatADeadProcessHadRenamedIsPutBack) {
  const fs::path aside = sandbox_.clone().parent_path() / ".dev.old-abc123";
  fs::create_directory(aside);
  fs::rename(sandbox_.clone(), aside / "dev");
  expect_kept();
}

TEST_F(TrustedClone, ThatADeadProcessHadRenamedIsPutBackThoughTheNewOneWasMade) {
  const fs::path aside = sandbox_.clone().parent_path() / ".dev.old-abc123";
  fs::create_directory(aside);
  fs::rename(sandbox_.clone(), aside / "dev");
  sandbox_.git(sandbox_.path(), {"init", "--quiet", sandbox_.clone().string()});
  sandbox_.git(sandbox_.clone(), {"remote", "add", "origin", sandbox_.url()});
  write(sandbox_.clone() / ".git/refs/rollout/fetched.lock", "");
  expect_kept();
  EXPECT_FALSE(fs::exists(aside));
}

TEST_F(TrustedClone, LeavesNothingOfADeadProcessBesideItAndFollowsNoLink) {
  const fs::path place = sandbox_.clone().parent_path();
  write(place / ".dev.old-abc123/dev/file", "old\n");
  write(sandbox_.path() / "work/file", "mine\n");
  fs::create_directory_symlink(sandbox_.path() / "work", place / ".dev.old-abc124");
  write(place / ".other.old-abc123/other/file", "of another\n");
  EXPECT_TRUE(ok(push(sandbox_, change_to("pr-7-abcdef0"))));
  EXPECT_FALSE(fs::exists(place / ".dev.old-abc123"));
  EXPECT_EQ(read_bytes(sandbox_.path() / "work/file"), "mine\n");
  EXPECT_EQ(read_bytes(place / ".other.old-abc123/other/file"), "of another\n");
}

// Another user's.

TEST_F(TrustedClone, OfAnotherUserIsRefused) {
  if (::geteuid() != 0) {
    GTEST_SKIP() << "only root can give files away";
  }
  for (const char* const part : {"", ".git", ".git/config", ".git/hooks", "..", ".git/objects"}) {
    const fs::path path = (sandbox_.clone() / part).lexically_normal();
    const std::string before = sandbox_.remote_head();
    ASSERT_EQ(::chown(path.c_str(), kSomebody, 0), 0);
    const auto pushed = push(sandbox_, change_to("pr-7-abcdef0"));
    ASSERT_TRUE(fails(pushed, Code::bad_config)) << part;
    EXPECT_THAT(pushed.error().message, HasSubstr("belongs to user 34567, not to you (root)"));
    EXPECT_THAT(pushed.error().hint, HasSubstr("removed by its owner or by root"));
    EXPECT_EQ(sandbox_.remote_head(), before);
    EXPECT_TRUE(fs::exists(mark()));
    ASSERT_EQ(::chown(path.c_str(), 0, 0), 0);
  }
  expect_kept();
}

// Something else in its place.

class Swapped : public TrustedClone, public testing::WithParamInterface<bool> {
 protected:
  Swapped() {
    sandbox_.git(sandbox_.path(), {"clone", "--quiet", sandbox_.url(), "work/dev"});
    write(work() / kManifestFile, "a day's work\n");
    before_ = state();
  }
  // A person's clone of the same repository, of the same name.
  fs::path work() const { return sandbox_.path() / "work/dev"; }
  void swap() {
    const fs::path place = GetParam() ? sandbox_.clone() : sandbox_.clone().parent_path();
    fs::rename(place, sandbox_.path() / "away");
    fs::create_directory_symlink(GetParam() ? work() : work().parent_path(), place);
  }
  std::string state() const {
    return sandbox_.git(work(), {"count-objects", "-v"}) + sandbox_.git(work(), {"for-each-ref"}) +
           sandbox_.git(work(), {"rev-parse", "HEAD"}) + read_bytes(work() / kManifestFile);
  }
  std::string before_;
};

TEST_P(Swapped, BeforeTheChangeIsRefusedAndNothingIsDoneThere) {
  SandboxHost host(sandbox_);
  const std::string head = sandbox_.remote_head();
  {
    auto repository = FluxRepository::open(host.host, sandbox_.flux_remote(), {});
    ASSERT_TRUE(ok(repository));
    swap();
    EXPECT_TRUE(fails(repository->push(change_to("pr-7-abcdef0"), sandbox_identity(), {}),
                      Code::bad_config));
  }
  EXPECT_EQ(state(), before_);
  EXPECT_EQ(sandbox_.remote_head(), head);
}

TEST_P(Swapped, AfterTheFetchIsRefusedAndNothingIsDoneThere) {
  SandboxHost host(sandbox_);
  {
    auto repository = FluxRepository::open(host.host, sandbox_.flux_remote(), {});
    ASSERT_TRUE(ok(repository));
    ASSERT_TRUE(ok(repository->fetch({})));
    swap();
    EXPECT_TRUE(fails(repository->push(change_to("pr-7-abcdef0"), sandbox_identity(), {}),
                      Code::bad_config));
  }
  EXPECT_EQ(state(), before_);
}

TEST_P(Swapped, DuringThePushIsAWarningAndNothingIsDoneThere) {
  const fs::path place = GetParam() ? sandbox_.clone() : sandbox_.clone().parent_path();
  const fs::path instead = GetParam() ? work() : work().parent_path();
  sandbox_.install_hook("post-receive", "mv " + place.string() + " " +
                                            (sandbox_.path() / "away").string() + " && ln -s " +
                                            instead.string() + " " + place.string());
  const auto pushed = push(sandbox_, change_to("pr-7-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_THAT(pushed->warnings, testing::Contains(HasSubstr("work tree is not up to date")));
  EXPECT_EQ(sandbox_.remote_manifest(), manifest("pr-7-abcdef0"));
  EXPECT_EQ(state(), before_);
}
INSTANTIATE_TEST_SUITE_P(Places, Swapped, testing::Bool(),
                         [](const auto& place) { return place.param ? "clone" : "flux_repos"; });

TEST_F(TrustedClone, WithALinkInPlaceOfADirectoryChecksOutNothingThroughIt) {
  const fs::path work = sandbox_.path() / "work";
  write(work / "backend/kustomization.yaml", "a day's work\n");
  fs::remove_all(sandbox_.clone() / "apps");
  fs::create_directory_symlink(work, sandbox_.clone() / "apps");
  expect_kept();
  EXPECT_EQ(read_bytes(work / "backend/kustomization.yaml"), "a day's work\n");
  EXPECT_FALSE(fs::is_symlink(sandbox_.clone() / "apps"));
}

// Packing.

std::ptrdiff_t count_files(const fs::path& directory) {
  return fs::exists(directory) ? std::distance(fs::directory_iterator(directory), {}) : 0;
}

TEST_F(TrustedClone, WithManyLooseObjectsIsPacked) {
  ASSERT_EQ(
      sandbox_.shell(sandbox_.clone(),
                     "for i in $(seq 7600); do printf 'blob\\ndata <<E\\n%s\\nE\\n' $i; done |"
                     " git -c fastimport.unpackLimit=100000 fast-import --quiet"),
      0);
  ASSERT_GT(count_files(sandbox_.clone() / ".git/objects/17"), 27);
  expect_kept();
  EXPECT_LE(count_files(sandbox_.clone() / ".git/objects/17"), 1);
  EXPECT_FALSE(fs::exists(sandbox_.clone() / ".git/rollout-packing"));
  sandbox_.git(sandbox_.clone(), {"fsck", "--no-dangling"});
}

TEST_F(TrustedClone, WithManyPacksIsPacked) {
  ASSERT_EQ(sandbox_.shell(sandbox_.clone(),
                           "for i in $(seq 52); do git commit-tree -m $i HEAD^{tree} |"
                           " git pack-objects --quiet .git/objects/pack/pack >/dev/null; done"),
            0);
  expect_kept();
  EXPECT_LT(count_files(sandbox_.clone() / ".git/objects/pack"), 20);
  sandbox_.git(sandbox_.clone(), {"fsck", "--no-dangling"});
}

TEST_F(TrustedClone, ThatCannotBePackedIsNoFailureAndNotTriedAgainAtOnce) {
  const auto many_packs = [&] {
    for (int i = 0; i < 51; ++i) {
      write(sandbox_.clone() / (".git/objects/pack/pack-" + std::to_string(i) + ".pack"),
            "PACK" + std::string(40, 'x'));
    }
  };
  many_packs();
  write(sandbox_.clone() / ".git/gc.pid", "1 elsewhere\n");
  SandboxHost host(sandbox_);
  const auto packings = [&] {
    int count = 0;
    auto repository = FluxRepository::open(host.host, sandbox_.flux_remote(), {});
    const engine::CallContext call{
        {}, [&](std::string_view step) { count += step == "packing the clone"; }};
    EXPECT_TRUE(ok(repository->push(change_to("pr-7-abcdef" + std::to_string(count)),
                                    sandbox_identity(), call)));
    return count;
  };
  EXPECT_EQ(packings(), 1);
  EXPECT_EQ(packings(), 0);
}

TEST_F(TrustedClone, ThatIsTidyIsNotPacked) {
  SandboxHost host(sandbox_);
  auto repository = FluxRepository::open(host.host, sandbox_.flux_remote(), {});
  ASSERT_TRUE(ok(repository));
  std::vector<std::string> steps;
  const engine::CallContext call{{}, [&](std::string_view step) { steps.emplace_back(step); }};
  ASSERT_TRUE(ok(repository->push(change_to("pr-7-abcdef0"), sandbox_identity(), call)));
  EXPECT_THAT(steps, testing::Not(testing::Contains("packing the clone")));
}

}  // namespace
}  // namespace test
