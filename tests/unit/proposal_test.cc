// How a rollout is proposed: the branch's name, the forge, its commands, and what forges answer.
#include "engine/flux/proposal.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/forge/gh_commands.h"
#include "engine/forge/gh_hosts.h"
#include "engine/forge/merge_request.h"
#include "engine/forge/request_address.h"
#include "engine/git/branch_name.h"
#include "engine/git/commands.h"
#include "engine/git/push_result.h"
#include "engine/proposal_plan.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"

namespace {

using engine::Code;
using engine::FluxForge;
using engine::GitCommands;
using engine::proposal_branch;
using engine::ProposalTarget;
using engine::PushResult;
using engine::RemoteUrl;
using engine::request_number;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Strings = std::vector<std::string>;

std::string branch_of(const Strings& groups) {
  return proposal_branch(groups);
}

TEST(ProposalBranch, IsTheGroupsJoined) {
  EXPECT_EQ(branch_of({"backend-services"}), "rollout/backend-services");
  EXPECT_EQ(branch_of({"a", "b.c", "d_e"}), "rollout/a+b.c+d_e");
  EXPECT_EQ(branch_of({std::string(63, 'a')}), "rollout/" + std::string(63, 'a'));
}

TEST(ProposalBranch, OfManyGroupsIsCutAndHasAHash) {
  const Strings many = {std::string(30, 'a'), std::string(30, 'b')};
  EXPECT_THAT(branch_of(many),
              StartsWith("rollout/" + std::string(30, 'a') + "+" + std::string(29, 'b') + "-"));
  EXPECT_EQ(branch_of(many).size(), std::string("rollout/").size() + 60 + 9);
  EXPECT_NE(branch_of(many), branch_of({std::string(30, 'a'), std::string(31, 'b')}));
  EXPECT_EQ(branch_of({std::string(30, 'a'), std::string(29, 'b')}),
            "rollout/" + std::string(30, 'a') + "+" + std::string(29, 'b'));
}

TEST(ProposalBranch, IsOneThatGitAcceptsAndDiffersForDifferentGroups) {
  Strings names;
  for (const std::string& group :
       Strings{"ghcr.io/acme/papi", "ghcr.io-acme-papi", "a..b", ".a", "a.", "a.lock", "a b", "ä",
               "-a", "@{", "a:b", std::string(58, 'a') + "..lockxxx", ""}) {
    const std::string branch = branch_of({group});
    EXPECT_TRUE(engine::is_branch_name(branch)) << branch;
    EXPECT_THAT(names, Not(testing::Contains(branch)));
    names.push_back(branch);
  }
}

TEST(ProposalTopic, IsTheBranchWithoutASlash) {
  EXPECT_EQ(engine::proposal_topic({.branch = "rollout/a+b", .labels = "", .title = ""}),
            "rollout-a+b");
}

// The commands, of which these are all.
class ProposalCommands : public testing::Test {
 protected:
  static engine::CommitId commit(char digit) {
    return *engine::CommitId::parse(std::string(40, digit));
  }
  const GitCommands git_{engine::Environment({}), engine::TlsVerification::on, "/c", std::nullopt};
  const engine::GhCommands gh_{engine::Environment({}), "/project"};
};

TEST_F(ProposalCommands, FetchTheBranchesOfProposalsWithTheBranch) {
  const std::string line =
      test::line_of(git_.fetch("main", engine::History::as_the_clone, engine::Proposals::fetched));
  EXPECT_THAT(line, AllOf(HasSubstr(" --no-tags --prune "),
                          EndsWith(" origin +refs/heads/main:refs/rollout/fetched "
                                   "+refs/heads/rollout/*:refs/rollout/proposals/*")));
}

TEST_F(ProposalCommands, PushWithALeaseOnWhatWasThereOrOnNothing) {
  const std::string id(40, 'a');
  EXPECT_THAT(test::line_of(git_.push_proposal("rollout/x", commit('a'), commit('b'))),
              EndsWith(" push --porcelain --no-follow-tags --recurse-submodules=no "
                       "--force-with-lease=refs/heads/rollout/x:" +
                       std::string(40, 'b') + " origin " + id + ":refs/heads/rollout/x"));
  EXPECT_THAT(test::line_of(git_.push_proposal("rollout/x", commit('a'), std::nullopt)),
              HasSubstr(" --force-with-lease=refs/heads/rollout/x: origin "));
  EXPECT_THAT(
      test::line_of(git_.push_merge_request("rollout/x", commit('a'), {}, "main", "a title")),
      EndsWith(" --force-with-lease=refs/heads/rollout/x: -o merge_request.create -o "
               "merge_request.target=main -o merge_request.title=a title -o "
               "merge_request.remove_source_branch origin " +
               id + ":refs/heads/rollout/x"));
  EXPECT_THAT(test::line_of(git_.push_for_review("main", commit('a'), "rollout-x", "a title")),
              EndsWith(" --force-with-lease=refs/for/main: -o topic=rollout-x -o title=a title -o "
                       "force-push=true origin " +
                       id + ":refs/for/main"));
  EXPECT_THAT(test::line_of(git_.list_review_ref("main")),
              EndsWith(" ls-remote --refs origin refs/for/main"));
}

TEST_F(ProposalCommands, OfGhNameTheRepositoryAndRunInNoProject) {
  const auto list = gh_.list_pull_requests("github.com/acme/flux", "rollout/x", "main");
  EXPECT_EQ(test::line_of(list),
            "gh pr list --repo github.com/acme/flux --head rollout/x --base main --state open "
            "--json number,url,isCrossRepository");
  const auto create =
      gh_.create_pull_request("github.com/acme/flux", "rollout/x", "main", "a title", "a body");
  EXPECT_EQ(test::line_of(create),
            "gh pr create --repo github.com/acme/flux --head rollout/x --base main --title a title "
            "--body-file -");
  EXPECT_EQ(create.input(), "a body");
  EXPECT_EQ(list.directory(), "/");
  EXPECT_EQ(create.directory(), "/");
}

// What a push for AGit came to.
PushResult pushed_for_review(const std::string& line) {
  return engine::parse_review_push(test::exited(0, "To x\n" + line + "\nDone\n"), "refs/for/main");
}

TEST(ReviewPush, NamesTheRequestsRef) {
  const PushResult result = pushed_for_review("*\taaa:refs/pull/12/head\t[new reference]");
  EXPECT_EQ(result.kind, PushResult::Kind::pushed);
  EXPECT_EQ(result.ref, "refs/pull/12/head");
  EXPECT_TRUE(result.created);
  EXPECT_FALSE(pushed_for_review(" \taaa:refs/pull/12/head\t111..222").created);
  EXPECT_FALSE(result.lacks_agit);
}

TEST(ReviewPush, OfTheCommitThatTheRequestHasIsUpToDate) {
  for (const char* const reason :
       {"new commit is same with old commit", "The new commit is the same as the old commit"}) {
    EXPECT_EQ(
        pushed_for_review("!\taaa:refs/for/main\t[remote rejected] (" + std::string(reason) + ")")
            .kind,
        PushResult::Kind::up_to_date);
  }
  EXPECT_EQ(pushed_for_review("!\taaa:refs/for/main\t[remote rejected] (not allowed)").kind,
            PushResult::Kind::remote_rejected);
}

TEST(ReviewPush, ThatIsKeptAsARefIsSuspicious) {
  EXPECT_TRUE(pushed_for_review("*\taaa:refs/for/main\t[new reference]").lacks_agit);
  EXPECT_TRUE(pushed_for_review("!\taaa:refs/for/main\t[rejected] (stale info)").lacks_agit);
  EXPECT_TRUE(pushed_for_review("=\taaa:refs/for/main\t[up to date]").lacks_agit);
  EXPECT_FALSE(
      pushed_for_review("!\taaa:refs/for/main\t[remote rejected] (new commit is same)").lacks_agit);
}

TEST(RequestNumber, IsThatOfTheForgesPages) {
  for (const char* const url :
       {"https://github.com/acme/flux/pull/7", "https://gitlab.com/a/b/flux/-/merge_requests/7",
        "http://127.0.0.1:3000/acme/flux/pulls/7/", "https://x/acme/flux/pulls/7#top",
        "https://bitbucket.example/projects/A/repos/flux/pull-requests/7"}) {
    EXPECT_EQ(request_number(url), 7) << url;
  }
  for (const char* const url :
       {"https://github.com/acme/flux/pull/new/rollout/7", "https://x/-/merge_requests/new?x=7",
        "https://x/pulls", "https://x/pulls/0", "https://x/pulls/7a", "https://x/issues/7", ""}) {
    EXPECT_EQ(request_number(url), std::nullopt) << url;
  }
}

TEST(RequestWords, HaveTheAddressOfGitLabsAndGiteasAnswers) {
  const auto words = engine::read_request_words(
      {"View merge request for rollout/x:", "https://gitlab.example/a/flux/-/merge_requests/3"},
      "refs/heads/rollout/x");
  EXPECT_EQ(words.request.url, "https://gitlab.example/a/flux/-/merge_requests/3");
  EXPECT_EQ(words.request.number, 3);
  EXPECT_TRUE(words.others.empty());
  const auto agit = engine::read_request_words({}, "refs/pull/12/head");
  EXPECT_EQ(agit.request.url, std::nullopt);
  EXPECT_EQ(agit.request.number, 12);
}

TEST(RequestWords, KnowAPageToOpenOneFromOneThatIsOpen) {
  const auto words = engine::read_request_words(
      {"Create a pull request for 'rollout/x' on GitHub by visiting:",
       "https://github.com/acme/flux/pull/new/rollout/x", "The branch is new."},
      "");
  EXPECT_EQ(words.request.url, std::nullopt);
  EXPECT_EQ(words.create_page, "https://github.com/acme/flux/pull/new/rollout/x");
  EXPECT_THAT(words.others, ElementsAre("The branch is new."));
}

TEST(RequestWords, SayWhyGitLabOpenedNone) {
  const auto words = engine::read_request_words(
      {"WARNINGS:", "Error encountered with push options 'merge_request.create': no such branch",
       "To create a merge request for rollout/x, visit:",
       "https://gitlab.example/a/flux/-/merge_requests/new?merge_request%5Bsource_branch%5D=x"},
      "");
  EXPECT_THAT(words.failure.value_or(""), HasSubstr("no such branch"));
  EXPECT_THAT(words.create_page.value_or(""), HasSubstr("/merge_requests/new?"));
  EXPECT_TRUE(words.others.empty());
}

class ChosenForge : public testing::Test {
 protected:
  engine::Result<FluxForge> choose(const std::string& url, engine::Rwenv rwenv = {}) const {
    rwenv.name = "dev";
    return engine::choose_forge(engine::Environment(variables_), rwenv, RemoteUrl(url), "/config");
  }

  test::TemporaryDirectory directory_;
  std::map<std::string, std::string, std::less<>> variables_ = {
      {"HOME", (directory_.path() / "home").string()}};
};

TEST_F(ChosenForge, IsThatOfTheFieldBeforeAllElse) {
  engine::Rwenv rwenv;
  rwenv.flux_forge = FluxForge::gitlab;
  rwenv.flux_git_repo_type = engine::FluxGitRepoType::gitea;
  EXPECT_EQ(*choose("https://github.com/acme/flux.git", rwenv), FluxForge::gitlab);
}

TEST_F(ChosenForge, FollowsFromTheTypeAndTheHost) {
  engine::Rwenv gitea;
  gitea.flux_git_repo_type = engine::FluxGitRepoType::gitea;
  EXPECT_EQ(*choose("https://git.example/acme/flux", gitea), FluxForge::gitea);
  for (const char* const url :
       {"https://github.com/acme/flux.git", "git@github.com:acme/flux.git",
        "ssh://git@GitHub.com/acme/flux", "ssh://git@ssh.github.com:443/acme/flux.git"}) {
    EXPECT_EQ(*choose(url), FluxForge::github) << url;
  }
  for (const char* const url :
       {"https://gitlab.com/a/b/flux.git", "git@gitlab.acme.example:f.git"}) {
    EXPECT_EQ(*choose(url), FluxForge::gitlab) << url;
  }
}

TEST_F(ChosenForge, IsGitHubForTheHostsThatGhKnows) {
  const std::string url = "https://Git.acme.example/acme/flux.git";
  EXPECT_TRUE(test::fails(choose(url), Code::bad_config));
  directory_.write(
      "home/.config/gh/hosts.yml",
      "# hosts\ngithub.com:\n    user: git.acme.example\n\"git.acme.example\":\n    a: b\n");
  EXPECT_EQ(*choose(url), FluxForge::github);
  variables_["GH_CONFIG_DIR"] = (directory_.path() / "other").string();
  EXPECT_TRUE(test::fails(choose(url), Code::bad_config));
  variables_["XDG_CONFIG_HOME"] = (directory_.path() / "home/.config").string();
  variables_.erase("GH_CONFIG_DIR");
  variables_["HOME"] = "/nowhere";
  EXPECT_EQ(*choose(url), FluxForge::github);
  variables_ = {{"GH_HOST", "git.acme.example"}};
  EXPECT_EQ(*choose(url), FluxForge::github);
}

TEST_F(ChosenForge, HasToBeSaidForOthers) {
  for (const char* const url :
       {"https://git.example/acme/flux", "file:///srv/flux.git", "/srv/flux",
        "https://mygitlab.example/f", "https://github.com.example/f"}) {
    const auto forge = choose(url);
    ASSERT_TRUE(test::fails(forge, Code::bad_config)) << url;
    EXPECT_THAT(forge.error().message,
                AllOf(HasSubstr("/rwenvs/dev/fluxForge"), HasSubstr("/config/envs.json")));
  }
}

}  // namespace
