// Who commits: the order in which git's variables and settings are looked at.
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/read_identity.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"

namespace {

using engine::Code;
using std::string_literals::operator""s;
using test::exited;
using test::fails;
using test::ok;
using testing::_;
using testing::ElementsAre;
using testing::HasSubstr;

using Settings = std::vector<std::pair<std::string, std::string>>;

constexpr std::pair<const char*, const char*> kVariables[] = {
    {"GIT_AUTHOR_NAME", "variable author"},
    {"GIT_AUTHOR_EMAIL", "va@example.com"},
    {"GIT_COMMITTER_NAME", "variable committer"},
    {"GIT_COMMITTER_EMAIL", "vc@example.com"},
};
const Settings kOfRoles = {  // NOLINT(cert-err58-cpp): a constant
    {"author.name", "role author"},
    {"author.email", "ra@example.com"},
    {"committer.name", "role committer"},
    {"committer.email", "rc@example.com"}};
const Settings kOfUser = {  // NOLINT(cert-err58-cpp): a constant
    {"user.name", "the user"},
    {"user.email", "user@example.com"}};

class Identity : public testing::Test {
 protected:
  engine::Result<engine::Identity> read(const std::vector<Settings>& settings) {
    std::string output;
    for (const Settings& some : settings) {
      for (const auto& [key, value] : some) {
        output += key + "\n" + value + '\0';
      }
    }
    machine_.runner.on("config", exited(output.empty() ? 1 : 0, output));
    return engine::read_identity(machine_.host(), machine_.directory.path() / "clone", {});
  }
  // Name and address of the author, then of the committer.
  std::vector<std::string> people(const std::vector<Settings>& settings) {
    const auto identity = read(settings);
    EXPECT_TRUE(ok(identity));
    return identity ? std::vector<std::string>{identity->author.name, identity->author.email,
                                               identity->committer.name, identity->committer.email}
                    : std::vector<std::string>();
  }
  void set_variables() {
    for (const auto& [name, value] : kVariables) {
      machine_.variables[name] = value;
    }
  }

  test::EngineHost machine_;
};

TEST_F(Identity, IsFirstThatOfTheVariables) {
  set_variables();
  EXPECT_THAT(people({kOfUser, kOfRoles}), ElementsAre("variable author", "va@example.com",
                                                       "variable committer", "vc@example.com"));
}

TEST_F(Identity, IsThenThatOfTheRole) {
  EXPECT_THAT(people({kOfUser, kOfRoles}),
              ElementsAre("role author", "ra@example.com", "role committer", "rc@example.com"));
  EXPECT_THAT(people({kOfRoles, kOfUser}),
              ElementsAre("role author", "ra@example.com", "role committer", "rc@example.com"));
}

TEST_F(Identity, IsThenThatOfTheUser) {
  machine_.variables["EMAIL"] = "mail@example.com";
  EXPECT_THAT(people({kOfUser}),
              ElementsAre("the user", "user@example.com", "the user", "user@example.com"));
}

TEST_F(Identity, TakesAnAddressFromTheMailsVariableLast) {
  machine_.variables["EMAIL"] = "mail@example.com";
  EXPECT_THAT(people({{{"user.name", "the user"}}}),
              ElementsAre("the user", "mail@example.com", "the user", "mail@example.com"));
}

TEST_F(Identity, TakesEachOfItsPartsFromTheFirstThatHasIt) {
  machine_.variables["GIT_COMMITTER_EMAIL"] = "vc@example.com";
  machine_.variables["GIT_AUTHOR_NAME"] = "";  // as one that is not set
  EXPECT_THAT(people({kOfUser, {{"author.name", "role author"}}}),
              ElementsAre("role author", "user@example.com", "the user", "vc@example.com"));
}

TEST_F(Identity, OfSeveralSettingsIsTheLast) {
  EXPECT_THAT(
      people({kOfUser, {{"user.name", "the user at work"}}}),
      ElementsAre("the user at work", "user@example.com", "the user at work", "user@example.com"));
}

TEST_F(Identity, IsWrittenAsGitWritesIt) {
  EXPECT_THAT(
      people({{{"user.name", " \"Ada <of> Test.\" \n"}, {"user.email", "<ada@example.com>"}}}),
      ElementsAre("Ada of Test", "ada@example.com", "Ada of Test", "ada@example.com"));
}

// A clone that is broken will be replaced, so it does not keep the user's own settings from being
// read.
TEST_F(Identity, IsReadWithoutACloneWhoseConfigurationCannotBeRead) {
  machine_.directory.write("clone/.git/HEAD", "ref: refs/heads/main\n");
  machine_.directory.write("clone/.git/config", "[core\n");
  machine_.runner.on("config", exited(0, "user.name\nAda\0user.email\nada@example.com\0"s));
  machine_.runner.on("clone/.git config", exited(128, "", "fatal: bad config line 1\n"));
  const auto identity =
      engine::read_identity(machine_.host(), machine_.directory.path() / "clone", {});
  ASSERT_TRUE(ok(identity));
  EXPECT_EQ(identity->author.name, "Ada");
  EXPECT_THAT(machine_.runner.lines(), ElementsAre(HasSubstr("clone/.git config"), _))
      << "the clone is asked first";
}

TEST_F(Identity, ThatIsMissingSaysWhichPart) {
  const auto message = [&](const std::vector<Settings>& settings) {
    const auto identity = read(settings);
    EXPECT_TRUE(fails(identity, Code::no_identity));
    return identity ? "" : identity.error().message;
  };
  EXPECT_EQ(message({}), "Git's user.name and user.email are not set.");
  EXPECT_EQ(message({{{"user.email", "a@example.com"}}}), "Git's user.name is not set.");
  EXPECT_EQ(message({{{"user.name", "Ada"}}}), "Git's user.email is not set.");
  EXPECT_EQ(message({{{"user.name", "<>"}, {"user.email", "a@example.com"}}}),
            "Git's user.name is not set.");
  machine_.variables["GIT_AUTHOR_NAME"] = "Ada";
  EXPECT_EQ(message({{{"user.email", "a@example.com"}}}), "Git's user.name is not set.")
      << "the committer's";
}

TEST_F(Identity, SignsAsTheSettingSays) {
  const auto signs = [&](const char* value) {
    const auto identity = read({kOfUser, {{"commit.gpgsign", value}}});
    EXPECT_TRUE(ok(identity)) << value;
    return identity && identity->sign_commits;
  };
  for (const char* const yes : {"true", "Yes", "on", "1", "-1", "2"}) {
    EXPECT_TRUE(signs(yes)) << yes;
  }
  for (const char* const no : {"false", "NO", "off", "0", ""}) {
    EXPECT_FALSE(signs(no)) << no;
  }
  EXPECT_FALSE(read({kOfUser})->sign_commits);
  const auto refused = read({kOfUser, {{"commit.gpgsign", "maybe"}}});
  ASSERT_TRUE(fails(refused, Code::bad_config));
  EXPECT_THAT(refused.error().message, HasSubstr("neither true nor false"));
}

}  // namespace
