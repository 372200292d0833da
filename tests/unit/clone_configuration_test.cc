// Each setting by which a clone would be another one than that of the rwenv's remote.
#include "engine/flux/clone_configuration.h"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/flux/clone_directory.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"

namespace {

namespace fs = std::filesystem;

using engine::GitSettings;
using test::exited;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

constexpr const char* kUrl = "https://git.example/flux.git";

class CloneSettings : public testing::Test {
 protected:
  CloneSettings() { fs::create_directories(remote_.clone / ".git"); }

  // What is wrong with a sound clone that has these settings beside its own.
  std::optional<std::string> defect(const GitSettings& more) const {
    GitSettings settings = {{"core.bare", "false"},
                            {"remote.origin.fetch", "+refs/heads/main:refs/remotes/origin/main"},
                            {"remote.origin.url", kUrl}};
    settings.insert(settings.end(), more.begin(), more.end());
    return engine::defect_of_settings(settings, remote_);
  }

  test::TemporaryDirectory directory_;
  engine::FluxRemote remote_{.url = engine::RemoteUrl(kUrl),
                             .tls = {},
                             .clone = directory_.path() / "config/flux-repos/dev"};
};

TEST_F(CloneSettings, OfASoundOneAreNoDefect) {
  EXPECT_EQ(defect({}), std::nullopt);
  EXPECT_EQ(defect({{"user.name", "Ada"}, {"core.worktree", ".."}}), std::nullopt);
  EXPECT_EQ(defect({{"extensions.objectformat", "sha1"}}), std::nullopt);
  EXPECT_EQ(defect({{"remote.backup.url", "https://elsewhere.example/x.git"}}), std::nullopt);
}

TEST_F(CloneSettings, OfOneWithoutAWorkTreeOfItsOwn) {
  const auto is_one = Optional(std::string("it has no work tree of its own"));
  for (const char* const yes : {"true", "yes", "on", "1", "TRUE"}) {
    EXPECT_THAT(defect({{"core.bare", yes}}), is_one) << yes;
  }
  for (const char* const no : {"false", "No", "off", "0", ""}) {
    EXPECT_EQ(defect({{"core.bare", no}}), std::nullopt) << no;
  }
  fs::create_directories(directory_.path() / "elsewhere");
  EXPECT_THAT(defect({{"core.worktree", (directory_.path() / "elsewhere").string()}}), is_one);
  EXPECT_THAT(defect({{"core.worktree", ".."}, {"core.worktree", "/nowhere"}}), is_one);
}

TEST_F(CloneSettings, OfAnotherObjectFormat) {
  EXPECT_THAT(defect({{"extensions.objectformat", "sha256"}}),
              Optional(std::string("its objects are of another format")));
}

TEST_F(CloneSettings, OfAnotherRemote) {
  const auto is_one = Optional(std::string("it belongs to another remote"));
  EXPECT_THAT(defect({{"remote.origin.url", "https://elsewhere.example/x.git"}}), is_one);
  EXPECT_THAT(engine::defect_of_settings({{"core.bare", "false"}}, remote_), is_one);
  EXPECT_THAT(engine::defect_of_settings({{"remote.origin.url", std::string(kUrl) + "/"}}, remote_),
              is_one);
}

TEST_F(CloneSettings, OfOneThatPushesElsewhere) {
  EXPECT_THAT(defect({{"remote.origin.pushurl", kUrl}}),
              Optional(std::string("it pushes to another remote")));
}

TEST_F(CloneSettings, OfAMirror) {
  EXPECT_THAT(defect({{"remote.origin.mirror", "true"}}), Optional(std::string("it is a mirror")));
}

TEST_F(CloneSettings, OfOneThatRewritesTheUrl) {
  const auto is_one = Optional(std::string("it rewrites the URL of the remote"));
  EXPECT_THAT(defect({{"url.https://elsewhere.example/.insteadof", "https://git.example/"}}),
              is_one);
  EXPECT_THAT(defect({{"url.https://elsewhere.example/.pushinsteadof", "https://git"}}), is_one);
  EXPECT_EQ(defect({{"url.https://git.example/.insteadof", "work:"}}), std::nullopt)
      << "what ours does not begin with";
}

TEST_F(CloneSettings, OfOneThatReachesTheRemoteByAnotherProgram) {
  for (const char* const how :
       {"remote.origin.vcs", "remote.origin.uploadpack", "remote.origin.receivepack"}) {
    EXPECT_THAT(defect({{how, "program"}}),
                Optional(std::string("it reaches the remote by another program")))
        << how;
  }
}

TEST_F(CloneSettings, OfOneThatIsSharedWithOtherUsers) {
  for (const char* const mode : {"true", "group", "all", "0660", "world"}) {
    EXPECT_THAT(defect({{"core.sharedrepository", mode}}),
                Optional(std::string("it is shared with other users")))
        << mode;
  }
  for (const char* const mode : {"false", "umask", "0600", "0700"}) {
    EXPECT_EQ(defect({{"core.sharedrepository", mode}}), std::nullopt) << mode;
  }
}

// Files of configuration, of a clone that was just made.
class CloneConfiguration : public testing::Test {
 protected:
  CloneConfiguration() {
    fs::create_directories(remote_.clone.parent_path());
    EXPECT_TRUE(test::ok(engine::make_clone(remote_.clone, remote_.url)));
  }
  ~CloneConfiguration() override { ::umask(umask_); }

  std::optional<std::string> defect() {
    const auto found = engine::defect_of_configuration(machine_.host(), remote_, {});
    EXPECT_TRUE(test::ok(found));
    return found ? *found : std::nullopt;
  }
  void write(const std::string& file, const std::string& text) const {
    machine_.directory.write(remote_.clone / ".git" / file, text);
  }
  void append(const std::string& text) const {
    write("config", test::read_bytes(remote_.clone / ".git/config") + text);
  }

  const mode_t umask_ = ::umask(077);  // the program's, as a clone's files have it
  test::EngineHost machine_;
  engine::FluxRemote remote_{
      .url = engine::RemoteUrl(kUrl), .tls = {}, .clone = machine_.config() / "flux-repos/dev"};
};

TEST_F(CloneConfiguration, OfANewCloneIsSoundAndIsReadWithoutGit) {
  EXPECT_EQ(defect(), std::nullopt);
  EXPECT_THAT(machine_.runner.lines(), IsEmpty());
}

TEST_F(CloneConfiguration, OfAnotherRepositorysWorkTree) {
  write("commondir", "../elsewhere\n");
  EXPECT_THAT(defect(), Optional(std::string("it is a work tree of another repository")));
}

TEST_F(CloneConfiguration, ThatCannotBeReadIsADefect) {
  append("[remote \"origin\n");
  EXPECT_THAT(defect(), Optional(std::string("its configuration cannot be read")));
}

TEST_F(CloneConfiguration, OfTheWorkTreeCountsToo) {
  write("config.worktree", "[remote \"origin\"]\n\tmirror = true\n");
  EXPECT_THAT(defect(), Optional(std::string("it is a mirror")));
}

TEST_F(CloneConfiguration, OfTheWorkTreeThatIsNoFileIsADefect) {
  fs::create_directories(remote_.clone / ".git/config.worktree");
  EXPECT_THAT(defect(), Optional(std::string("its configuration cannot be read")));
}

// What is included, and whether it applies, is for git to say.
TEST_F(CloneConfiguration, ThatIncludesFilesIsAskedOfGit) {
  using std::string_literals::operator""s;
  append("[include]\n\tpath = elsewhere\n");
  const std::string own = "core.bare\nfalse\0remote.origin.url\n"s + kUrl + "\0"s;
  machine_.runner.on("config", exited(0, own));
  EXPECT_EQ(defect(), std::nullopt);
  EXPECT_THAT(machine_.runner.lines(), ElementsAre(HasSubstr("config")));
  machine_.runner.on("config", exited(0, own + "remote.origin.mirror\ntrue\0"s));
  EXPECT_THAT(defect(), Optional(std::string("it is a mirror")));
  machine_.runner.on("config", exited(128, "", "fatal: bad config line 1\n"));
  EXPECT_THAT(defect(), Optional(std::string("its configuration cannot be read")));
}

}  // namespace
