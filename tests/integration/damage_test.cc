// What counts as damage of a clone, and what does not.
#include "engine/git/damage.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::find_damage;
using test::GitSandbox;
using testing::AllOf;
using testing::HasSubstr;
using testing::Optional;

// A clone with a history of two commits, its objects loose.
class Damage : public testing::Test {
 protected:
  Damage() {
    sandbox_.push_tag("pr-1-abcdef0");
    make_clone({});
    EXPECT_EQ(sandbox_.shell(sandbox_.clone(),
                             "mv .git/objects/pack packs && mkdir .git/objects/pack && "
                             "for p in packs/*.pack; do git unpack-objects -q < $p; done"),
              0);
  }

  void make_clone(const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"clone", "--quiet", "--no-local"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {sandbox_.url(), sandbox_.clone().string()});
    fs::remove_all(sandbox_.clone());
    sandbox_.git(sandbox_.path(), arguments);
  }

  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(sandbox_.clone(), arguments);
  }
  fs::path file_of(const std::string& id) const {
    return sandbox_.clone() / ".git/objects" / id.substr(0, 2) / id.substr(2);
  }
  void garble(const std::string& id) const {
    fs::remove(file_of(id));
    std::ofstream(file_of(id)) << "garbage";
  }
  void write(const std::string& file, std::string_view bytes) const {
    std::ofstream(sandbox_.clone() / ".git" / file) << bytes;
  }
  std::optional<std::string> found() const {
    return find_damage(sandbox_.clone(), [] { return true; });
  }

  const std::string manifest_ = "HEAD:" + std::string(test::kManifestFile);
  GitSandbox sandbox_;
};

TEST_F(Damage, IsNoneInAnOrdinaryClone) {
  git({"tag", "-a", "-m", "noted", "noted"});
  git({"symbolic-ref", "refs/heads/nowhere", "refs/heads/none"});
  git({"pack-refs", "--all"});
  write("refs/heads/no ref", "garbage");
  write("refs/heads/some.lock", "");
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(Damage, IsNoneInARepositoryWithoutACommit) {
  fs::remove_all(sandbox_.clone());
  sandbox_.git(sandbox_.path(), {"init", "--quiet", sandbox_.clone().string()});
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(Damage, IsNoneInAShallowClone) {
  make_clone({"--depth=1"});
  EXPECT_EQ(git({"rev-list", "--count", "HEAD"}), "1");
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(Damage, IsARepositoryThatCannotBeOpened) {
  fs::remove(sandbox_.clone() / ".git/HEAD");
  EXPECT_THAT(found(), Optional(HasSubstr("opened")));
}

TEST_F(Damage, IsARefThatCannotBeRead) {
  for (const char* const bytes : {"garbage\n", ""}) {
    write("refs/heads/main", bytes);
    EXPECT_THAT(found(), Optional(HasSubstr("refs/heads/main cannot be read"))) << bytes;
  }
}

TEST_F(Damage, IsATableOfRefsThatCannotBeRead) {
  write("packed-refs", "garbage\n");
  EXPECT_NE(found(), std::nullopt);
}

TEST_F(Damage, IsARefThatNamesNothing) {
  write("refs/heads/mine", std::string(40, '1') + "\n");
  EXPECT_THAT(found(), Optional(HasSubstr("refs/heads/mine names nothing")));
}

TEST_F(Damage, IsAnObjectThatIsGarbage) {
  for (const char* const name : {"HEAD", "HEAD~1", "HEAD^{tree}", "HEAD:apps"}) {
    const std::string id = git({"rev-parse", name});
    const std::string bytes = test::read_bytes(file_of(id));
    garble(id);
    EXPECT_THAT(found(), Optional(AllOf(HasSubstr(id), HasSubstr("cannot be read")))) << name;
    std::ofstream(file_of(id)) << bytes;
    ASSERT_EQ(found(), std::nullopt);
  }
  garble(git({"rev-parse", manifest_}));
  EXPECT_NE(found(), std::nullopt);
}

TEST_F(Damage, IsAnObjectThatIsGoneFromAFullClone) {
  for (const std::string& name : {std::string("HEAD~1"), std::string("HEAD:apps"), manifest_}) {
    const std::string id = git({"rev-parse", name});
    const std::string bytes = test::read_bytes(file_of(id));
    fs::remove(file_of(id));
    EXPECT_THAT(found(), Optional(AllOf(HasSubstr(id), HasSubstr("is missing")))) << name;
    std::ofstream(file_of(id)) << bytes;
  }
}

TEST_F(Damage, IsNotWhatAPartialCloneLacks) {
  sandbox_.git(sandbox_.remote(), {"config", "uploadpack.allowFilter", "true"});
  for (const char* const filter : {"--filter=blob:none", "--filter=tree:0"}) {
    make_clone({"--no-checkout", filter});
    EXPECT_EQ(found(), std::nullopt) << filter;
  }
}

TEST_F(Damage, InAPartialCloneIsAnObjectThatIsGarbage) {
  git({"config", "remote.origin.promisor", "true"});
  garble(git({"rev-parse", manifest_}));
  EXPECT_THAT(found(), Optional(HasSubstr("cannot be read")));
}

TEST_F(Damage, OfThePastOfAFileIsNotLookedFor) {
  fs::remove(file_of(git({"rev-parse", "HEAD~1:" + std::string(test::kManifestFile)})));
  EXPECT_EQ(found(), std::nullopt);
}

TEST_F(Damage, IsNotFoundOnceItIsToldToStop) {
  garble(git({"rev-parse", manifest_}));
  int questions = 0;
  EXPECT_EQ(find_damage(sandbox_.clone(), [&] { return ++questions < 2; }), std::nullopt);
}

}  // namespace
