// Remotes of other kinds: another default branch, none, SHA-256, no shallow clones; and git asked
// for its configuration.
#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/repository.h"
#include "engine/git/read_identity.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace test {
namespace {

using engine::Code;
using engine::Command;
using engine::FluxRepository;
using engine::ProcessResult;
using engine::PushedChange;
using engine::Result;
using testing::HasSubstr;
using testing::Not;

// Real processes, some of whose answers are replaced by what another server would have given.
class ConcurrentWriter final : public engine::CommandRunner {
 public:
  using Interference = std::function<std::optional<ProcessResult>(const Command&)>;
  ConcurrentWriter(engine::CommandRunner& real, Interference interference)
      : real_(real), interference_(std::move(interference)) {}

  ProcessResult run(const Command& command, const std::stop_token& stop,
                    std::chrono::milliseconds limit) override {
    auto answer = interference_(command);
    return answer ? *answer : real_.run(command, stop, limit);
  }

 private:
  engine::CommandRunner& real_;
  Interference interference_;
};

bool has_argument(const Command& command, std::string_view argument) {
  return std::ranges::find(command.arguments(), argument) != command.arguments().end();
}

Result<PushedChange> push(const GitSandbox& sandbox, const engine::Change& change,
                          ConcurrentWriter::Interference interference) {
  SandboxHost real(sandbox);
  ConcurrentWriter runner(real.runner, std::move(interference));
  const engine::Host host{.environment = sandbox.environment(),
                          .working_directory = sandbox.path(),
                          .executable = {},
                          .services_file = {},
                          .runner = runner,
                          .clock = real.clock};
  return push(sandbox, host, change);
}

TEST(Remote, WithAnotherDefaultBranchIsChangedThere) {
  const GitSandbox sandbox("trunk");
  for (const char* const tag : {"pr-1-abcdef0", "pr-2-abcdef0"}) {
    const auto pushed = push(sandbox, change_to(tag));
    ASSERT_TRUE(ok(pushed));
    EXPECT_EQ(pushed->branch, "trunk");
    EXPECT_EQ(sandbox.remote_manifest("trunk"), manifest(tag));
    EXPECT_EQ(sandbox.git(sandbox.clone(), {"status", "--porcelain=v1", "--branch"}),
              "## trunk...origin/trunk");
  }
  EXPECT_EQ(sandbox.shell(sandbox.remote(), "git rev-parse --verify --quiet refs/heads/main"), 1);
}

TEST(Remote, ThatGetsAMainIsChangedThereFromThenOn) {
  const GitSandbox sandbox("trunk");
  ASSERT_TRUE(ok(push(sandbox, change_to("pr-1-abcdef0"))));
  sandbox.git(sandbox.remote(), {"branch", "main", "trunk"});
  const auto pushed = push(sandbox, change_to("pr-2-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->branch, "main");
  EXPECT_EQ(sandbox.remote_manifest("main"), manifest("pr-2-abcdef0"));
  EXPECT_EQ(sandbox.remote_manifest("trunk"), manifest("pr-1-abcdef0"));
}

TEST(Remote, WhoseHeadIsElsewhereIsChangedOnMain) {
  const GitSandbox sandbox;
  sandbox.git(sandbox.remote(), {"branch", "develop", "main"});
  sandbox.git(sandbox.remote(), {"symbolic-ref", "HEAD", "refs/heads/develop"});
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"));
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->branch, "main");
}

TEST(Remote, WithoutACommitHasNoBranch) {
  const GitSandbox sandbox("");
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"));
  ASSERT_TRUE(fails(pushed, Code::branch_not_found));
  EXPECT_THAT(pushed.error().message, HasSubstr("empty"));
}

TEST(Remote, ThatDoesNotExistIsNotFound) {
  const GitSandbox sandbox;
  std::filesystem::remove_all(sandbox.remote());
  EXPECT_TRUE(fails(push(sandbox, change_to("pr-1-abcdef0")), Code::remote_not_found));
}

TEST(Remote, WithSha256IsRefusedClearly) {
  GitSandbox sandbox;
  sandbox.set("GIT_DEFAULT_HASH", "sha256");
  std::filesystem::remove_all(sandbox.remote());
  sandbox.git(sandbox.path(), {"init", "--quiet", "--bare", "--object-format=sha256",
                               "--initial-branch=main", sandbox.remote().string()});
  sandbox.push_tag("old");
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"));
  ASSERT_FALSE(pushed);
  EXPECT_THAT(pushed.error().hint, HasSubstr("SHA-256"));
}

TEST(Remote, WithoutShallowClonesIsClonedInFull) {
  const GitSandbox sandbox;
  sandbox.push_tag("pr-5-abcdef0");
  int refused = 0;
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"), [&](const Command& command) {
    const bool shallow = has_argument(command, "--depth=1");
    refused += shallow ? 1 : 0;
    return shallow ? std::optional(ProcessResult{
                         ProcessResult::Kind::exited, 128, "",
                         "fatal: dumb http transport does not support shallow capabilities\n"})
                   : std::nullopt;
  });
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"rev-list", "--count", "HEAD"}), "3");
}

TEST(Remote, ThatRefusesPushesFromShallowClonesGetsAFullOne) {
  const GitSandbox sandbox;
  sandbox.push_tag("pr-5-abcdef0");
  bool refused = false;
  const auto pushed =
      push(sandbox, change_to("pr-1-abcdef0"),
           [&](const Command& command) -> std::optional<ProcessResult> {
             if (!has_argument(command, "push") || std::exchange(refused, true)) {
               return std::nullopt;
             }
             return ProcessResult{ProcessResult::Kind::exited, 1,
                                  "To x\n!\t" + command.arguments().back() +
                                      "\t[remote rejected] (shallow update not allowed)\nDone\n",
                                  "error: failed to push some refs to 'x'\n"};
           });
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->attempts, 2);
  EXPECT_EQ(sandbox.git(sandbox.clone(), {"rev-parse", "--is-shallow-repository"}), "false");
}

TEST(Remote, OverSshThatAsksFailsAtOnceAndNamesTheKey) {
  GitSandbox sandbox;
  // An ssh that has a terminal to ask on would wait there.
  const auto ssh = sandbox.path() / "ssh";
  ASSERT_EQ(sandbox.shell(sandbox.path(),
                          "printf '#!/bin/sh\\necho \"$*\" >> \"'\"$PWD\"'/calls\"\\n"
                          "if (: < /dev/tty) 2> /dev/null; then sleep 60; fi\\n"
                          "echo \"u@h: Permission denied (publickey).\" >&2; exit 255\\n' > ssh "
                          "&& chmod +x ssh"),
            0);
  sandbox.configure("core.sshCommand", ssh.string());
  engine::FluxRemote remote = sandbox.flux_remote();
  remote.url = engine::RemoteUrl("ssh://git@flux.example/x.git");
  SandboxHost host(sandbox);
  auto repository = FluxRepository::open(host.host, remote, {});
  ASSERT_TRUE(ok(repository));
  const auto fetched = repository->fetch({});
  ASSERT_TRUE(fails(fetched, Code::auth_failed));
  EXPECT_THAT(fetched.error().hint, HasSubstr("HTTPS URL"));
  EXPECT_THAT(read_bytes(sandbox.path() / "calls"), HasSubstr("-o BatchMode=yes"));
}

TEST(Remote, ThatDoesNotAnswerIsATimeoutThatNamesTheStep) {
  GitSandbox sandbox;
  sandbox.set("GIT_SSH_COMMAND", "sleep 60 #");
  sandbox.set("GIT_SSH_VARIANT", "ssh");
  engine::FluxRemote remote = sandbox.flux_remote();
  remote.url = engine::RemoteUrl("ssh://git:secret@flux.example/x.git");
  engine::ProcessRunner runner(sandbox.environment(), std::chrono::seconds(1));
  engine::SteadyClock clock;
  const engine::Host host{.environment = sandbox.environment(),
                          .working_directory = sandbox.path(),
                          .executable = {},
                          .services_file = {},
                          .runner = runner,
                          .clock = clock,
                          .time_limit = std::chrono::seconds(1)};
  auto repository = FluxRepository::open(host, remote, {});
  ASSERT_TRUE(ok(repository));
  const auto fetched = repository->fetch({});
  ASSERT_TRUE(fails(fetched, Code::timeout));
  EXPECT_EQ(fetched.error().message,
            "Could not fetch from ssh://flux.example/x.git within 1 s; git was ended.");
}

TEST(Signing, MakesASignedCommit) {
  const GitSandbox sandbox;
  const std::string key = (sandbox.home() / "key").string();
  ASSERT_EQ(sandbox.shell(sandbox.home(),
                          "ssh-keygen -q -t ed25519 -N '' -f key && "
                          "echo \"ada@example.com $(cat key.pub)\" > allowed"),
            0);
  sandbox.configure("gpg.format", "ssh");
  sandbox.configure("user.signingkey", key + ".pub");
  sandbox.configure("gpg.ssh.allowedSignersFile", (sandbox.home() / "allowed").string());
  engine::Identity identity = sandbox_identity();
  identity.sign_commits = true;
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"), identity);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(sandbox.git(sandbox.remote(), {"log", "-1", "--format=%G? %GS|%an|%B", "main"}),
            "G ada@example.com|Ada Tester|chore(backend): update image tag to pr-1-abcdef0\n");
  EXPECT_EQ(sandbox.remote_head(), pushed->commit->text());
}

TEST(Signing, ThatFailsPushesNothing) {
  const GitSandbox sandbox;
  const std::string before = sandbox.remote_head();
  sandbox.configure("gpg.format", "ssh");
  sandbox.configure("user.signingkey", (sandbox.home() / "missing.pub").string());
  engine::Identity identity = sandbox_identity();
  identity.sign_commits = true;
  const auto pushed = push(sandbox, change_to("pr-1-abcdef0"), identity);
  ASSERT_TRUE(fails(pushed, Code::sign_failed));
  EXPECT_THAT(pushed.error().message, HasSubstr("missing.pub"));
  EXPECT_EQ(sandbox.remote_head(), before);
}

TEST(Identity, IsWhatGitWouldUse) {
  GitSandbox sandbox;
  sandbox.configure("author.email", "author@example.com");
  sandbox.configure("commit.gpgsign", "yes");
  sandbox.set("GIT_COMMITTER_NAME", "The Committer");
  SandboxHost host(sandbox);
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(ok(identity));
  EXPECT_EQ(identity->author.name, "Ada Tester");
  EXPECT_EQ(identity->author.email, "author@example.com");
  EXPECT_EQ(identity->committer.name, "The Committer");
  EXPECT_EQ(identity->committer.email, "ada@example.com");
  EXPECT_TRUE(identity->sign_commits);
}

TEST(Identity, OfTheCloneWinsOverTheGlobalOne) {
  const GitSandbox sandbox;
  ASSERT_TRUE(ok(push(sandbox, change_to("pr-1-abcdef0"))));
  sandbox.git(sandbox.clone(), {"config", "user.name", "Ada at Work"});
  SandboxHost host(sandbox);
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(ok(identity));
  EXPECT_EQ(identity->author.name, "Ada at Work");
}

// Settings for repositories of certain places or remotes alone.
void include_if(const GitSandbox& sandbox, const std::string& condition) {
  ASSERT_EQ(sandbox.shell(sandbox.home(), "git config --file=more user.name 'Ada at Work'"), 0);
  sandbox.configure("includeIf." + condition + ".path", (sandbox.home() / "more").string());
}

TEST(Identity, IsReadThoughSettingsDependOnAPlaceThatIsNotThereYet) {
  const GitSandbox sandbox;
  include_if(sandbox, "gitdir:/elsewhere/");
  SandboxHost host(sandbox);
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(ok(identity));
  EXPECT_EQ(identity->author.name, "Ada Tester");
}

TEST(Identity, MayBeKnownOnlyInTheClone) {
  GitSandbox sandbox;
  sandbox.git(sandbox.home(), {"config", "--global", "--unset", "user.name"});
  SandboxHost host(sandbox);
  EXPECT_TRUE(
      fails(engine::expect_identity(host.host, sandbox.clone(), {}, {}), Code::no_identity));
  include_if(sandbox, "gitdir:" + sandbox.path().string() + "/");
  const auto expected = engine::expect_identity(host.host, sandbox.clone(), {}, {});
  ASSERT_TRUE(ok(expected));
  EXPECT_FALSE(expected->has_value());
  ASSERT_TRUE(ok(FluxRepository::open(host.host, sandbox.flux_remote(), {})));
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(ok(identity));
  EXPECT_EQ(identity->author.name, "Ada at Work");
}

TEST(Identity, ThatIsMissingNamesWhatToSet) {
  GitSandbox sandbox;
  sandbox.set("GIT_CONFIG_GLOBAL", "/dev/null");
  SandboxHost host(sandbox);
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(fails(identity, Code::no_identity));
  EXPECT_EQ(identity.error().message, "Git's user.name and user.email are not set.");
  EXPECT_THAT(identity.error().hint, HasSubstr("git config --global user.name"));
}

TEST(Identity, InABrokenConfigurationNamesTheLine) {
  const GitSandbox sandbox;
  ASSERT_EQ(sandbox.shell(sandbox.home(), "echo '[user' >> .gitconfig"), 0);
  SandboxHost host(sandbox);
  const auto identity = engine::read_identity(host.host, sandbox.clone(), {});
  ASSERT_TRUE(fails(identity, Code::bad_config));
  EXPECT_THAT(identity.error().message, HasSubstr(".gitconfig"));
}

}  // namespace
}  // namespace test
