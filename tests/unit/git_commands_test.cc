#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/forge/gh_commands.h"
#include "engine/git/commands.h"
#include "engine/process/project_environment.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::Command;
using engine::Environment;
using engine::GitCommands;
using engine::History;
using engine::SshConfiguration;
using engine::TlsVerification;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Variables = std::map<std::string, std::string, std::less<>>;

// What a child process sees of a variable after the changes.
std::optional<std::string> seen(const std::string& variable, const Variables& inherited,
                                TlsVerification tls = TlsVerification::on,
                                const std::optional<SshConfiguration>& ssh = std::nullopt) {
  const Environment environment(inherited);
  std::optional<std::string> value;
  if (const auto entry = inherited.find(variable); entry != inherited.end()) {
    value = entry->second;
  }
  for (const auto& [name, change] : engine::git_environment(environment, tls, ssh)) {
    if (name == variable) {
      value = change;
    }
  }
  return value;
}

engine::CommitId commit(char digit) {
  return *engine::CommitId::parse(std::string(40, digit));
}

GitCommands commands() {
  return {Environment({}), TlsVerification::on, "/c", std::nullopt};
}

TEST(GitCommands, ListsPullRefsByThreePatternsOutsideOfEveryRepository) {
  const Command list = commands().list_pull_refs(engine::RemoteUrl("https://u:p@h/papi.git"));
  EXPECT_EQ(test::line_of(list),
            "git --git-dir=/dev/.git ls-remote --refs https://u:p@h/papi.git refs/pull/*/head "
            "refs/merge-requests/*/head refs/pull-requests/*/from");
  EXPECT_EQ(list.directory(), "/");
}

TEST(GitCommands, FetchesOneBranchAndNoTags) {
  const std::string line = test::line_of(commands().fetch("main", History::as_the_clone));
  EXPECT_THAT(line, AllOf(StartsWith("git --git-dir=.git --work-tree=. -c core.fsmonitor=false"),
                          HasSubstr(" --no-tags "), HasSubstr(" --no-auto-maintenance "),
                          EndsWith(" --refmap= --no-filter origin "
                                   "+refs/heads/main:refs/rollout/fetched"),
                          Not(HasSubstr("--depth")), Not(HasSubstr("--unshallow"))));
  EXPECT_THAT(test::line_of(commands().fetch("main", History::needed)),
              HasSubstr(" --depth=1 --filter=blob:limit=1m origin "));
}

TEST(GitCommands, DeepensAShallowCloneByOneBranchAndNoTags) {
  const std::string line =
      test::line_of(commands().deepen("main", 500, engine::LargeFiles::left_out));
  EXPECT_THAT(line, AllOf(HasSubstr(" fetch "), HasSubstr(" --no-tags "),
                          EndsWith(" --refmap= --deepen=500 --filter=blob:limit=1m origin "
                                   "+refs/heads/main:refs/rollout/fetched")));
  EXPECT_THAT(test::line_of(commands().deepen("main", {}, engine::LargeFiles::brought)),
              HasSubstr(" --unshallow --no-filter origin "));
}

TEST(GitCommands, PushesOneCommitToOneBranchIfItHasNotMoved) {
  const std::string old(40, 'a');
  const std::string now(40, 'b');
  EXPECT_THAT(test::line_of(commands().push("trunk", commit('b'), commit('a'))),
              EndsWith("push --porcelain --no-follow-tags --recurse-submodules=no "
                       "--force-with-lease=refs/heads/trunk:" +
                       old + " origin " + now + ":refs/heads/trunk"));
}

TEST(GitCommands, ListsOnlyHeadAndMain) {
  EXPECT_THAT(test::line_of(commands().list_head()),
              EndsWith("ls-remote --symref origin HEAD refs/heads/main"));
  EXPECT_THAT(test::line_of(commands().list_head("staging")),
              EndsWith("ls-remote --symref origin HEAD refs/heads/staging"));
}

TEST(GitCommands, ReadsManyFilesWithoutChangingAny) {
  EXPECT_THAT(test::line_of(commands().bring_files(commit('a'), {"*.yaml", "*.yml"})),
              EndsWith("diff-tree -r --shortstat --no-renames --no-ext-diff --no-textconv "
                       "4b825dc642cb6eb9a060e54bf8d69288fbee4904 " +
                       std::string(40, 'a') + " -- *.yaml *.yml"));
}

TEST(GitCommands, SignsInTheNameOfTheIdentity) {
  const engine::Identity identity{{"A", "a@x"}, {"C", "c@x"}, true};
  const Command command = commands().commit_tree(std::string(40, 'c'), commit('a'), "m", identity);
  EXPECT_THAT(test::line_of(command), HasSubstr("commit-tree -S -p " + std::string(40, 'a')));
  EXPECT_THAT(command.environment(),
              testing::IsSupersetOf({Command::EnvironmentChange("GIT_AUTHOR_NAME", "A"),
                                     Command::EnvironmentChange("GIT_COMMITTER_EMAIL", "c@x")}));
}

TEST(GitEnvironment, VerifiesNoCertificateWhereThatIsOffAndElseLeavesItToTheUser) {
  EXPECT_EQ(seen("GIT_SSL_NO_VERIFY", {}, TlsVerification::off), "1");
  EXPECT_EQ(seen("GIT_SSL_NO_VERIFY", {}, TlsVerification::on), std::nullopt);
}

TEST(GitEnvironment, LeavesNobodyToAsk) {
  const Variables inherited = {{"DISPLAY", ":0"},
                               {"WAYLAND_DISPLAY", "w"},
                               {"SSH_ASKPASS", "ask"},
                               {"GPG_TTY", "/dev/pts/0"}};
  EXPECT_EQ(seen("GIT_TERMINAL_PROMPT", inherited), "0");
  EXPECT_EQ(seen("SSH_ASKPASS_REQUIRE", inherited), "never");
  for (const auto& [name, value] : inherited) {
    EXPECT_EQ(seen(name, inherited), std::nullopt) << name;
  }
}

TEST(GitCommands, SignACommitOfItsAuthorAndItsCommitter) {
  const engine::Identity identity{.author = {"Ann Author", "ann@example.com"},
                                  .committer = {"Carl Committer", "carl@example.com"},
                                  .sign_commits = true};
  const Command command = commands().commit_tree("tree", commit('1'), "a message", identity);
  EXPECT_THAT(test::line_of(command),
              EndsWith(" commit-tree -S -p " + std::string(40, '1') + " -m a message tree"));
  for (const Command& signs : {command, commands().try_signing("/objects", identity)}) {
    EXPECT_THAT(signs.environment(),
                testing::IsSupersetOf(
                    {Command::EnvironmentChange("GIT_AUTHOR_NAME", "Ann Author"),
                     Command::EnvironmentChange("GIT_AUTHOR_EMAIL", "ann@example.com"),
                     Command::EnvironmentChange("GIT_COMMITTER_NAME", "Carl Committer"),
                     Command::EnvironmentChange("GIT_COMMITTER_EMAIL", "carl@example.com")}));
  }
}

TEST(GitEnvironment, KeepsAnAskpassProgramAndTheUsersOwnSettings) {
  const Variables inherited = {{"GIT_ASKPASS", "/opt/token"},     {"GIT_SSL_CAINFO", "/ca"},
                               {"HTTPS_PROXY", "http://p"},       {"GIT_CONFIG_COUNT", "1"},
                               {"GIT_HTTP_LOW_SPEED_LIMIT", "9"}, {"GIT_TRACE", "/tmp/trace"}};
  for (const auto& [name, value] : inherited) {
    EXPECT_EQ(seen(name, inherited), value) << name;
  }
}

TEST(GitEnvironment, RemovesWhatWouldLeadElsewhere) {
  for (const char* const name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_NAMESPACE",
                                 "GIT_OBJECT_DIRECTORY", "GIT_CONFIG", "LANGUAGE"}) {
    EXPECT_EQ(seen(name, {{name, "elsewhere"}}), std::nullopt) << name;
  }
  EXPECT_EQ(seen("GIT_INTERNAL_SUPER_PREFIX", {{"GIT_INTERNAL_SUPER_PREFIX", "x/"}}), std::nullopt);
  EXPECT_EQ(seen("GIT_TRACE", {{"GIT_TRACE", "1"}}), std::nullopt);
  EXPECT_EQ(seen("LC_ALL", {{"LC_ALL", "de_DE.UTF-8"}}), "C");
}

TEST(GitEnvironment, LeadsNeitherGhNorTheProjectsGitElsewhere) {
  for (const Command& command :
       {engine::GhCommands(Environment({}), "/p").view_pull_request(std::nullopt, false),
        engine::GhCommands(Environment({}), "/p").auth_status()}) {
    EXPECT_THAT(command.environment(),
                testing::IsSupersetOf({Command::EnvironmentChange("GIT_DIR", std::nullopt),
                                       Command::EnvironmentChange("GIT_WORK_TREE", std::nullopt),
                                       Command::EnvironmentChange("GIT_COMMON_DIR", std::nullopt)}))
        << test::line_of(command);
  }
}

// The settings that the project's git, as gh starts it, has in its environment, in their order.
std::vector<std::string> settings_in_project(const Variables& inherited) {
  Variables variables = inherited;
  for (const auto& [name, value] : engine::project_environment(Environment(inherited))) {
    variables[name] = value.value_or("");
  }
  std::vector<std::string> settings;
  for (int i = 0; i < std::stoi(variables["GIT_CONFIG_COUNT"]); ++i) {
    const std::string number = std::to_string(i);
    settings.push_back(variables["GIT_CONFIG_KEY_" + number] + "=" +
                       variables["GIT_CONFIG_VALUE_" + number]);
  }
  return settings;
}

TEST(ProjectEnvironment, StartsNothingThatTheProjectNames) {
  EXPECT_THAT(settings_in_project({}),
              testing::ElementsAre(
                  "safe.bareRepository=explicit", "core.fsmonitor=false",
                  "core.hooksPath=/dev/null", "core.sshCommand=false", "core.askPass=false",
                  "core.pager=cat", "log.showSignature=false", "gpg.program=false",
                  "gpg.ssh.program=false", "gpg.x509.program=false", "credential.helper="));
  EXPECT_THAT(engine::project_environment(Environment({})),
              testing::IsSupersetOf({Command::EnvironmentChange("GIT_ALLOW_PROTOCOL", "none"),
                                     Command::EnvironmentChange("GIT_NO_LAZY_FETCH", "1"),
                                     Command::EnvironmentChange("GIT_OPTIONAL_LOCKS", "0"),
                                     Command::EnvironmentChange("GIT_TERMINAL_PROMPT", "0")}));
}

TEST(ProjectEnvironment, KeepsTheUsersOwnSettingsBeforeIts) {
  const auto settings = settings_in_project({{"GIT_CONFIG_COUNT", "2"},
                                             {"GIT_CONFIG_KEY_0", "a.b"},
                                             {"GIT_CONFIG_VALUE_0", "c"},
                                             {"GIT_CONFIG_KEY_1", "core.fsmonitor"},
                                             {"GIT_CONFIG_VALUE_1", "mine"}});
  ASSERT_EQ(settings.size(), settings_in_project({}).size() + 2);
  EXPECT_EQ(settings[0], "a.b=c");
  EXPECT_EQ(settings[1], "core.fsmonitor=mine");
  EXPECT_EQ(settings[2], "safe.bareRepository=explicit");
}

TEST(GitEnvironment, LimitsTransports) {
  EXPECT_EQ(seen("GIT_ALLOW_PROTOCOL", {{"GIT_ALLOW_PROTOCOL", "ext"}}), "https:http:ssh:git:file");
}

TEST(SshInBatchMode, IsAddedToWhatTheUserConfigured) {
  const Variables none;
  const auto ssh = [](const Variables& variables, const SshConfiguration& configuration) {
    return engine::ssh_in_batch_mode(Environment(variables), configuration);
  };
  EXPECT_EQ(ssh(none, {}), "ssh -o BatchMode=yes");
  EXPECT_EQ(ssh(none, {"ssh -i '/my key'", {}}), "ssh -i '/my key' -o BatchMode=yes");
  EXPECT_EQ(ssh({{"GIT_SSH_COMMAND", "ssh -p 2"}, {"GIT_SSH", "/s"}}, {"ssh -i k", {}}),
            "ssh -p 2 -o BatchMode=yes");
  EXPECT_EQ(ssh({{"GIT_SSH", "/s"}}, {"ssh -i k", {}}), "ssh -i k -o BatchMode=yes");
  EXPECT_EQ(ssh({{"GIT_SSH", "/it's/ssh"}}, {}), R"('/it'\''s/ssh' -o BatchMode=yes)");
}

TEST(SshInBatchMode, IsNothingForAnotherFamily) {
  const auto ssh = [](const Variables& variables, const SshConfiguration& configuration) {
    return engine::ssh_in_batch_mode(Environment(variables), configuration);
  };
  EXPECT_EQ(ssh({}, {"plink -x", {}}), std::nullopt);
  EXPECT_EQ(ssh({{"GIT_SSH", "C:\\putty\\TortoisePlink.exe"}}, {}), std::nullopt);
  EXPECT_EQ(ssh({}, {"wrapper", "simple"}), std::nullopt);
  EXPECT_EQ(ssh({{"GIT_SSH_VARIANT", "ssh"}}, {"plink", "plink"}), "plink -o BatchMode=yes");
}

TEST(SshInBatchMode, IsLeftAloneWhereTheConfigurationWasNotRead) {
  EXPECT_EQ(seen("GIT_SSH_COMMAND", {}), std::nullopt);
  EXPECT_EQ(seen("GIT_SSH_COMMAND", {{"GIT_SSH_COMMAND", "my-ssh"}}), "my-ssh -o BatchMode=yes");
}

TEST(ParseConfiguration, ReadsValuesWithNewlinesAndKeysWithout) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(engine::parse_configuration(std::string_view("user.name\nA\nB\0commit.gpgsign\0", 29)),
            (Settings{{"user.name", "A\nB"}, {"commit.gpgsign", "true"}}));
  EXPECT_EQ(engine::parse_configuration(""), Settings());
}

}  // namespace
