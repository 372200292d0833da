// Whom a rollout asks for the number of the pull request, and what it makes of the answers.
// tests/remotes/pull_refs.test.mjs has the real programs and remotes.
#include "engine/find_pull_request.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/resolve_tag.h"
#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;
using engine::PrSource;
using test::exited;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const std::string kHead = "a1b2c3def0123456789a0123456789a012345678";
const std::string kUpstream = "0c0ffee000000000000000000000000000000000";
const std::string kOther(40, 'e');
// As `git config --null` prints it.
std::string setting(const std::string& key, const std::string& value) {
  return key + "\n" + value + std::string(1, '\0');
}

constexpr const char* kLogin = "To get started with GitHub CLI, please run:  gh auth login\n";
constexpr const char* kUnknownHost =
    "none of the git remotes configured for this repository point to a known GitHub host.";

// A project on the branch `feature`, with a remote, gh and git that answer as the test says.
class FindPullRequest : public testing::Test {
 protected:
  FindPullRequest() {
    const auto write = [this](const char* file, const std::string& bytes) {
      machine_.directory.write("project/.git/" + std::string(file), bytes);
    };
    write("HEAD", "ref: refs/heads/feature\n");
    write("refs/heads/feature", kHead + "\n");
    write("refs/remotes/origin/feature", kUpstream + "\n");
    write("objects/pack/none", "");
    set_remote("https://git.example/acme/papi.git");
    // Nothing is configured.
    machine_.runner.on("config --null", exited(1, ""));
    gh(exited(4, "", kLogin));
  }

  void set_remote(const std::string& url, const std::string& more = "") {
    machine_.directory.write(
        "project/.git/config",
        "[core]\n\trepositoryformatversion = 0\n[remote \"origin\"]\n\turl = " + url +
            "\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n" +
            "[branch \"feature\"]\n\tremote = origin\n"
            "\tmerge = refs/heads/feature\n" +
            more);
  }
  void gh(engine::ProcessResult answer) { machine_.runner.on("gh pr view", std::move(answer)); }
  void refs(const std::string& list) { machine_.runner.on("ls-remote", exited(0, list)); }
  static std::string ref(const std::string& id, const std::string& name) {
    return id + "\t" + name + "\n";
  }

  engine::Result<engine::ResolvedTag> tag(const engine::FindFluxRemote& flux = {}) {
    const engine::ProjectHead head{*engine::CommitId::parse(kHead), "feature"};
    return engine::tag_of(machine_.host(), {machine_.project(), head, {}, false, flux}, {});
  }
  engine::ResolvedTag found(const engine::FindFluxRemote& flux = {}) {
    auto resolved = tag(flux);
    EXPECT_TRUE(resolved) << resolved.error().message;
    return resolved ? *resolved
                    : engine::ResolvedTag{*engine::ImageTag::parse("pr-1-0000000"),
                                          *engine::PrNumber::make(1),
                                          PrSource::argument,
                                          *engine::CommitId::parse(kOther),
                                          {},
                                          {},
                                          {},
                                          {}};
  }
  engine::Error refusal() {
    const auto resolved = tag();
    EXPECT_FALSE(resolved);
    return resolved ? engine::Error() : resolved.error();
  }
  bool ran(const char* part) const {
    for (const std::string& line : machine_.runner.lines()) {
      if (line.find(part) != std::string::npos) {
        return true;
      }
    }
    return false;
  }

  test::EngineHost machine_;
};

TEST_F(FindPullRequest, OfARemoteThatIsNotOnGitHubIsThatOfItsRefsAndGhIsNotStarted) {
  refs(ref(kOther, "refs/merge-requests/50/head") + ref(kHead, "refs/merge-requests/42/head"));
  const auto resolved = found();
  EXPECT_EQ(resolved.tag.text(), "pr-42-a1b2c3d");
  EXPECT_EQ(resolved.pr_source, PrSource::refs);
  EXPECT_FALSE(resolved.pr_url);
  EXPECT_FALSE(resolved.pr_state);
  EXPECT_THAT(
      resolved.warnings,
      ElementsAre("PR #42 was found in the refs of https://git.example/acme/papi.git, which "
                  "do not say whether it is open, closed or merged."));
  EXPECT_THAT(machine_.runner.lines(),
              ElementsAre(StartsWith("git --git-dir=/dev/.git config --null --get-regexp "),
                          "git --git-dir=/dev/.git ls-remote --refs "
                          "https://git.example/acme/papi.git refs/pull/*/head "
                          "refs/merge-requests/*/head refs/pull-requests/*/from"));
}

TEST_F(FindPullRequest, AtGitHubGhIsAskedAndTheRemoteIsNot) {
  gh(exited(0, R"({"number": 42, "state": "OPEN"})"));
  for (const char* url : {"https://github.com/acme/papi", "git@github.com:acme/papi.git",
                          "git@alias:acme/papi.git", "https://acme.ghe.com/acme/papi"}) {
    set_remote(url);
    EXPECT_EQ(found().pr_source, PrSource::gh) << url;
  }
  EXPECT_FALSE(ran("ls-remote"));
  EXPECT_FALSE(ran("config"));
}

TEST_F(FindPullRequest, WhereGhCannotBeAskedTheRemoteIs) {
  set_remote("https://github.com/acme/papi");
  refs(ref(kHead, "refs/pull/42/head"));
  for (const auto& answer :
       {exited(4, "", kLogin), exited(1, "", kUnknownHost), exited(1, "", "HTTP 401: no"),
        engine::ProcessResult{.kind = engine::ProcessResult::Kind::not_found}}) {
    gh(answer);
    EXPECT_EQ(found().pr_source, PrSource::refs) << answer.err;
  }
}

TEST_F(FindPullRequest, WhatGhSaysOfThePullRequestIsNotAskedAgain) {
  set_remote("https://github.com/acme/papi");
  refs(ref(kHead, "refs/pull/42/head"));
  gh(exited(1, "", "no pull requests found for branch \"feature\""));
  EXPECT_EQ(refusal().code, Code::no_pr);
  gh(exited(1, "", "HTTP 502: Bad Gateway"));
  EXPECT_EQ(refusal().code, Code::gh_failed);
  gh({.kind = engine::ProcessResult::Kind::timed_out});
  EXPECT_EQ(refusal().code, Code::timeout);
  EXPECT_FALSE(ran("ls-remote"));
}

TEST_F(FindPullRequest, TheChecksAreForGhAlone) {
  refs(ref(kHead, "refs/pull/42/head"));
  const engine::ProjectHead head{*engine::CommitId::parse(kHead), "feature"};
  const auto resolved =
      engine::tag_of(machine_.host(), {machine_.project(), head, {}, true, {}}, {});
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, Code::gh_auth);
  EXPECT_FALSE(ran("ls-remote"));
}

TEST_F(FindPullRequest, OfSeveralTheHighestIsTakenAndAWarningSaysSo) {
  refs(ref(kHead, "refs/pull/9/head") + ref(kHead, "refs/pull/10/head"));
  const auto resolved = found();
  EXPECT_EQ(resolved.tag.text(), "pr-10-a1b2c3d");
  EXPECT_THAT(resolved.warnings,
              Contains("a1b2c3d is the head commit of several pull requests; PR #10, the highest "
                       "number, was taken."));
}

TEST_F(FindPullRequest, WhoseHeadIsTheUpstreamBranchIsTheNextBest) {
  refs(ref(kUpstream, "refs/pull/41/head"));
  const auto resolved = found();
  EXPECT_EQ(resolved.tag.text(), "pr-41-a1b2c3d");
  EXPECT_THAT(resolved.warnings,
              Contains(StartsWith("HEAD (a1b2c3d) is not the head commit of PR #41 (0c0ffee): ")));
  refs(ref(kUpstream, "refs/pull/41/head") + ref(kHead, "refs/pull/7/head"));
  EXPECT_EQ(found().tag.text(), "pr-7-a1b2c3d");
}

TEST_F(FindPullRequest, NoPrWhereNoRefIsAtHead) {
  refs(ref(kOther, "refs/pull/41/head"));
  const auto refused = refusal();
  EXPECT_EQ(refused.code, Code::no_pr);
  EXPECT_EQ(refused.message,
            "No PR found for current branch. Create a PR first with `gh pr create`.");
  EXPECT_THAT(test::in_braces(refused.hint),
              AllOf(HasSubstr("https://git.example/acme/papi.git"), HasSubstr("(a1b2c3d)"),
                    HasSubstr("(0c0ffee)"), HasSubstr("({prNumber})"), Not(HasSubstr("gh "))));
  EXPECT_FALSE(ran("gh pr view"));
  set_remote("https://github.com/acme/papi");
  EXPECT_EQ(refusal().code, Code::no_pr);
  EXPECT_THAT(refusal().hint, HasSubstr("gh could not be asked: gh is not logged in"));
}

TEST_F(FindPullRequest, TheProblemIsGhsWhereTheRemoteListsNoPullRequest) {
  set_remote("https://github.com/acme/papi");
  refs("");
  const auto refused = refusal();
  EXPECT_EQ(refused.code, Code::gh_auth);
  EXPECT_THAT(refused.hint, HasSubstr("lists no pull requests either."));
  set_remote("https://git.example/acme/papi.git");
  EXPECT_EQ(refusal().code, Code::no_pr);
}

TEST_F(FindPullRequest, TheProblemsOfBothAreTold) {
  machine_.runner.on("ls-remote",
                     exited(128, "",
                            "fatal: unable to access 'https://u:pw@git.example/': Could "
                            "not resolve host: git.example\n"));
  set_remote("https://github.com/acme/papi");
  auto refused = refusal();
  EXPECT_EQ(refused.code, Code::gh_auth);
  EXPECT_THAT(refused.hint, AllOf(HasSubstr("Could not resolve host"), Not(HasSubstr("pw"))));
  set_remote("https://git.example/acme/papi.git");
  refused = refusal();
  EXPECT_EQ(refused.code, Code::unreachable) << "gh has nothing to say of that host";
  EXPECT_THAT(test::in_braces(refused.hint), HasSubstr("({prNumber})"));
  gh(exited(1, "", kUnknownHost));
  EXPECT_EQ(refusal().code, Code::gh_failed);
  EXPECT_THAT(refusal().hint, HasSubstr("Could not resolve host"));
  gh(exited(0, R"({"number": 42})"));
  EXPECT_EQ(found().pr_source, PrSource::gh) << "another remote is at GitHub";
}

TEST_F(FindPullRequest, ACancelledCallEndsThere) {
  machine_.runner.on("ls-remote", {.kind = engine::ProcessResult::Kind::cancelled});
  EXPECT_EQ(refusal().code, Code::cancelled);
  EXPECT_FALSE(ran("gh pr view"));
  set_remote("https://github.com/acme/papi");
  EXPECT_EQ(refusal().code, Code::cancelled);
}

TEST_F(FindPullRequest, NoAddressThatGitMustNotBeGivenIsAsked) {
  for (const char* url : {"ext::sh -c 'touch /tmp/x'", "-oProxyCommand=touch",
                          "--upload-pack=touch", "fd::17", "testgit::x", "ftp://git.example/papi",
                          "transport://x/y", ".", "./inside.git", "/no\\nwhere"}) {
    set_remote(url);
    EXPECT_EQ(refusal().code, Code::gh_auth) << url;
  }
  set_remote("https://github.com/acme/papi", "[remote \"origin\"]\n\tpushurl = ext::sh -c x\n");
  EXPECT_EQ(refusal().code, Code::gh_auth);
  EXPECT_FALSE(ran("ls-remote"));
}

TEST_F(FindPullRequest, ARepositoryInTheProjectIsNoRemote) {
  const std::string project = machine_.project().string();
  for (const std::string& path : {project, project + "/inside.git", "file://" + project + "/x.git",
                                  project + "/../project/x.git", project + "/.git"}) {
    set_remote(path);
    EXPECT_EQ(refusal().code, Code::gh_auth) << path;
    EXPECT_FALSE(ran("ls-remote")) << path;
  }
  refs(ref(kHead, "refs/pull/42/head"));
  set_remote("../papi.git");
  EXPECT_EQ(found().pr_source, PrSource::refs);
  EXPECT_TRUE(ran((" --refs " + (machine_.directory.path() / "papi.git").string() + " ").c_str()));
}

TEST_F(FindPullRequest, TheUsersConfigurationSaysWhichRemoteAndWhere) {
  refs(ref(kHead, "refs/pull/42/head"));
  set_remote("https://git.example/acme/papi.git",
             "[remote \"fork\"]\n\turl = https://fork.example/dana/papi.git\n");
  machine_.runner.on("config --null", exited(0, setting("remote.pushdefault", "fork")));
  found();
  EXPECT_TRUE(ran(" https://fork.example/dana/papi.git "));
  machine_.runner.on("config --null", exited(0, setting("url.https://inside/.pushinsteadof",
                                                        "https://git.example/")));
  found();
  EXPECT_TRUE(ran(" https://inside/acme/papi.git "));
  machine_.runner.on("config --null",
                     exited(0, setting("url.git@github.com:.insteadof", "https://git.example/")));
  gh(exited(0, R"({"number": 43})"));
  EXPECT_EQ(found().pr_source, PrSource::gh) << "git makes an address at GitHub of it";
}

TEST_F(FindPullRequest, TheUsersSshIsUsedInBatchMode) {
  set_remote("ssh://git@git.example/acme/papi.git");
  machine_.runner.on("config --null", exited(0, setting("core.sshcommand", "ssh -i key")));
  std::string ssh;
  machine_.runner.on("ls-remote", [&](const engine::Command& command) {
    for (const auto& [name, value] : command.environment()) {
      ssh = name == "GIT_SSH_COMMAND" ? value.value_or("") : ssh;
    }
    return exited(0, ref(kHead, "refs/pull/42/head"));
  });
  found();
  EXPECT_EQ(ssh, "ssh -i key -o BatchMode=yes");
}

class Certificate : public FindPullRequest {
 protected:
  Certificate() {
    machine_.runner.on("ls-remote", [this](const engine::Command& command) {
      unverified_ = false;
      for (const auto& [name, value] : command.environment()) {
        unverified_ = unverified_ || name == "GIT_SSL_NO_VERIFY";
      }
      return exited(0, ref(kHead, "refs/pull/42/head"));
    });
  }
  bool unverified(const char* flux, engine::TlsVerification tls = engine::TlsVerification::off) {
    found([&]() -> std::optional<engine::FluxRemote> {
      return engine::FluxRemote{engine::RemoteUrl(flux), tls, {}, {}};
    });
    return unverified_;
  }

  bool unverified_ = true;
};

TEST_F(Certificate, IsNotVerifiedForTheHostOfAGiteaFluxRepositoryAlone) {
  EXPECT_TRUE(unverified("https://git.example/acme/flux.git"));
  EXPECT_TRUE(unverified("https://dana@GIT.example:8443/acme/flux.git"));
  EXPECT_FALSE(unverified("https://git.example/acme/flux.git", engine::TlsVerification::on));
  EXPECT_FALSE(unverified("https://other.example/acme/flux.git"));
  EXPECT_FALSE(unverified("https://git.example.evil/acme/flux.git"));
  EXPECT_FALSE(unverified("/srv/flux.git"));
  found();
  EXPECT_FALSE(unverified_) << "no rwenv";
}

TEST_F(Certificate, CountsForTheHostsThatAreContacted) {
  machine_.runner.on("config --null", exited(0, setting("url.https://evil/.insteadof",
                                                        "https://git.example/acme/papi")));
  EXPECT_FALSE(unverified("https://git.example/acme/flux.git"));
  EXPECT_TRUE(unverified("https://evil/flux.git"));
}

}  // namespace
