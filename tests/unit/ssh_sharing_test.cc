#include <string>

#include <gtest/gtest.h>

#include "engine/ssh/broken_sharing.h"
#include "engine/ssh/commands.h"
#include "engine/ssh/destination.h"
#include "engine/ssh/route.h"
#include "engine/ssh/sharing_terms.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::Environment;
using engine::ProcessResult;
using engine::RemoteUrl;
using engine::SharingTerms;
using engine::ssh_destination;
using engine::SshConfiguration;
using engine::SshDestination;
using engine::UrlRewriting;

const std::string kConnection(40, 'c');

TEST(SshDestination, IsWhatGitPassesToSsh) {
  const auto is = [](std::string_view address, const char* host, const char* port) {
    EXPECT_EQ(ssh_destination(address), (SshDestination{host, port})) << address;
  };
  is("ssh://git.example/flux.git", "git.example", "");
  is("ssh://git@git.example:2222/flux.git", "git@git.example", "2222");
  is("git+ssh://git.example/flux.git", "git.example", "");
  is("ssh+git://git.example/flux.git", "git.example", "");
  is("git@git.example:acme/flux.git", "git@git.example", "");
  is("work-alias:acme/flux.git", "work-alias", "");
  is("ssh://127.0.0.1:40123/a", "127.0.0.1", "40123");
}

TEST(SshDestination, IsNothingForOtherAddressesAndUnusualOnes) {
  for (const char* address :
       {"https://git.example/flux.git", "git://git.example/flux.git", "file:///flux.git",
        "/flux.git", "./a:b", "ssh://[::1]:22/flux.git", "[::1]:flux.git", "ssh://git%2Eexample/a",
        "ssh://git:secret@git.example/a", "ssh://git.example:/a", "ssh://git.example:port/a",
        "ssh://-oProxyCommand=x/a", "-oProxyCommand=x:a", "git@-oProxyCommand:a", "ssh:///a",
        "ssh://a b/c", "ssh://git.example;x/a", "$(x):a", ""}) {
    EXPECT_EQ(ssh_destination(address), std::nullopt) << address;
  }
}

TEST(SshRoute, FollowsTheRewritingOfAddresses) {
  const SshConfiguration ssh{
      {},
      {},
      UrlRewriting({{"url.ssh://git@push.example/.pushinsteadof", "ssh://git.example/"},
                    {"url.git@fetch.example:.insteadof", "ssh://git.example/"}})};
  const RemoteUrl url("ssh://git.example/flux.git");
  const auto fetch = engine::fetch_route(Environment({}), ssh, url);
  const auto push = engine::push_route(Environment({}), ssh, url);
  ASSERT_TRUE(fetch && push);
  EXPECT_EQ(fetch->destination, (SshDestination{"git@fetch.example", ""}));
  EXPECT_EQ(push->destination, (SshDestination{"git@push.example", ""}));
  EXPECT_EQ(fetch->ssh, "ssh -o BatchMode=yes");
}

TEST(SshRoute, IsNothingWhereTheUserSaysWhichSshGitStarts) {
  const RemoteUrl url("ssh://git.example/flux.git");
  const auto has_route = [&](std::map<std::string, std::string, std::less<>> variables,
                             const std::optional<SshConfiguration>& ssh) {
    const bool fetch = engine::fetch_route(Environment(variables), ssh, url).has_value();
    EXPECT_EQ(engine::push_route(Environment(variables), ssh, url).has_value(), fetch);
    return fetch;
  };
  EXPECT_TRUE(has_route({}, SshConfiguration{}));
  EXPECT_TRUE(has_route({}, SshConfiguration{"", "ssh"}));
  EXPECT_FALSE(has_route({}, std::nullopt));
  EXPECT_FALSE(has_route({{"GIT_SSH_COMMAND", "ssh"}}, SshConfiguration{}));
  EXPECT_FALSE(has_route({{"GIT_SSH", "/usr/bin/ssh"}}, SshConfiguration{}));
  EXPECT_FALSE(has_route({}, SshConfiguration{"ssh -4", {}}));
  EXPECT_FALSE(has_route({}, SshConfiguration{{}, "plink"}));
  EXPECT_FALSE(has_route({}, SshConfiguration{{}, "simple"}));
  EXPECT_FALSE(has_route({{"GIT_SSH_VARIANT", "tortoiseplink"}}, SshConfiguration{}));
}

TEST(SharingQuestion, PutsTheUsersValuesBeforeOurs) {
  EXPECT_EQ(engine::sharing_question("/run/user/7/rollout-abcdef"),
            "Include ~/.ssh/config\n"
            "Match all\n"
            "Include /etc/ssh/ssh_config\n"
            "Match all\n"
            "ControlMaster autoask\n"
            "ControlPath /run/user/7/rollout-abcdef/%C\n"
            "ServerAliveInterval 86399\n");
}

const std::string kUnset =
    "user dana\nport 22\ncontrolmaster autoask\nserveraliveinterval 86399\ncontrolpath /d/" +
    kConnection + "\ncontrolpersist no\n";

std::string with(std::string answer, const std::string& line, const std::string& other) {
  const auto at = answer.find(line);
  return at == std::string::npos ? "" : answer.replace(at, line.size(), other);
}

TEST(SharingTerms, AreOursWhereTheUserHasSetNothing) {
  EXPECT_EQ(engine::read_sharing_terms(kUnset, "/d"), (SharingTerms{kConnection, false}));
  EXPECT_EQ(engine::read_sharing_terms(with(kUnset, "86399", "0"), "/d"),
            (SharingTerms{kConnection, true}));
}

TEST(SharingTerms, AreNoneWhereTheUserHasSetSomething) {
  const std::string path = "controlpath /d/" + kConnection + "\n";
  ASSERT_NE(with(kUnset, path, ""), "");
  for (const std::string& answer : {
           with(kUnset, "autoask", "true"),
           with(kUnset, "autoask", "false"),
           with(kUnset, "autoask", "auto"),
           with(kUnset, "controlmaster autoask\n", ""),
           with(kUnset, path, ""),
           with(kUnset, path, "controlpath /home/dana/.ssh/" + kConnection + "\n"),
           with(kUnset, path, "controlpath /d/%C\n"),
           kUnset + "localforward 8080 [127.0.0.1]:80\n",
           kUnset + "remoteforward 8080 [127.0.0.1]:80\n",
           kUnset + "dynamicforward 1080\n",
           std::string(),
       }) {
    EXPECT_EQ(engine::read_sharing_terms(answer, "/d"), std::nullopt) << answer;
  }
}

TEST(SharingOptions, NameTheSocketAndLeaveTheUsersKeepalive) {
  const std::string shared = " -o ControlMaster=auto -o ControlPath=/d/7%C -o ControlPersist=300";
  EXPECT_EQ(engine::sharing_options("/d", "7", {kConnection, true}), shared);
  EXPECT_EQ(engine::sharing_options("/d", "7", {kConnection, false}),
            shared + " -o ServerAliveInterval=10 -o ServerAliveCountMax=2");
}

TEST(SshCommands, OpenNoConnection) {
  EXPECT_EQ(test::line_of(engine::SshCommands::configuration("/d/question", {"git@a", "22"})),
            "ssh -G -F /d/question -p 22 git@a");
  EXPECT_EQ(test::line_of(engine::SshCommands::configuration("/d/question", {"alias", ""})),
            "ssh -G -F /d/question alias");
  EXPECT_EQ(test::line_of(engine::SshCommands::check("/d/1c")),
            "ssh -F /dev/null -O check -S /d/1c localhost");
  EXPECT_EQ(test::line_of(engine::SshCommands::exit("/d/1c")),
            "ssh -F /dev/null -O exit -S /d/1c localhost");
}

TEST(BrokenSharing, IsToldFromOtherFailures) {
  const auto failed = [](std::string err) {
    return engine::is_failure_of_connection(test::exited(128, "", std::move(err)));
  };
  EXPECT_TRUE(failed("fatal: Could not read from remote repository.\n"));
  EXPECT_TRUE(failed("fatal: the remote end hung up unexpectedly\n"));
  EXPECT_TRUE(failed("ssh: connect to host a port 22: Connection refused\n"));
  EXPECT_FALSE(failed("git@a: Permission denied (publickey).\n"));
  EXPECT_FALSE(failed("Host key verification failed.\n"));
  EXPECT_FALSE(failed("fatal: '/flux.git' does not appear to be a git repository\n"));
  EXPECT_FALSE(engine::is_failure_of_connection(test::exited(0, "")));
  EXPECT_FALSE(engine::is_failure_of_connection({.kind = ProcessResult::Kind::cancelled}));
  EXPECT_TRUE(engine::is_failure_of_connection({.kind = ProcessResult::Kind::timed_out}));
  EXPECT_TRUE(
      engine::says_sharing_failed("unix_listener: cannot bind to path /d/1c.x: No space\n", "/d"));
  EXPECT_FALSE(
      engine::says_sharing_failed("unix_listener: cannot bind to path /e/1c.x: No space\n", "/d"));
}

TEST(BrokenSharing, LeavesNoWordsInWhatGitSaid) {
  EXPECT_EQ(engine::without_words_of_sharing(
                "remote: hello\n"
                "mux_client_request_session: session request failed: Session open refused by peer\n"
                "ControlSocket /dir/1c already exists, disabling multiplexing\n"
                "Control socket connect(/dir/1c): Connection refused\n"
                "ControlSocket /home/dana/x already exists, disabling multiplexing\n"
                "fatal: end",
                "/dir"),
            "remote: hello\n"
            "ControlSocket /home/dana/x already exists, disabling multiplexing\n"
            "fatal: end");
}

}  // namespace
