// Changes that are proposed, with real git: on a branch of ours, by options of the push, and for
// AGit.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/open_proposal.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

using engine::Change;
using engine::Code;
using engine::Identity;
using engine::ProposalTarget;
using engine::PushedChange;
using engine::Result;
using test::change_to;
using test::fails;
using test::GitSandbox;
using test::manifest;
using test::ok;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Way = ProposalTarget::Way;

constexpr const char* kBranch = "rollout/backend";
constexpr const char* kTag = "pr-1-abcdef0";
constexpr const char* kOther = "pr-2-abcdef0";

// A shell command that changes the manifest as sed is told.
std::string edited(const std::string& how) {
  const std::string file(test::kManifestFile);
  return "sed '" + how + "' " + file + " >edited && mv edited " + file;
}

class Proposal : public testing::Test {
 protected:
  static Change proposed(const std::string& tag, Way way) {
    Change change = change_to(tag);
    change.proposal = ProposalTarget{
        .way = way, .branch = kBranch, .labels = "backend", .title = "chore(backend): a title"};
    return change;
  }

  Result<PushedChange> push(const Change& change,
                            const Identity& identity = test::sandbox_identity()) const {
    const test::SandboxHost host(sandbox_);
    auto remote = sandbox_.flux_remote();
    if (change.proposal) {
      remote.with_proposals = change.proposal->way != Way::agit;
      remote.proposal = kBranch;
    }
    auto repository = engine::FluxRepository::open(host.host, std::move(remote), {});
    return repository ? repository->push(change, identity, {}) : engine::failure_of(repository);
  }

  Result<PushedChange> propose(const std::string& tag, Way way = Way::branch) const {
    return push(proposed(tag, way));
  }

  std::string tip() const { return sandbox_.remote_head(kBranch); }

  // A clone in which a person works on the proposal's branch.
  void on_proposal(const std::string& script) const {
    ASSERT_EQ(sandbox_.shell(sandbox_.path(), "rm -rf person && git clone -q -b " +
                                                  std::string(kBranch) + " '" + sandbox_.url() +
                                                  "' person && cd person && (" + script + ")"),
              0);
  }

  // The commit's author, fields and place of the branch, which must not have been changed.
  void expect_occupied(const Result<PushedChange>& pushed, const std::string& words,
                       const std::string& before) const {
    ASSERT_TRUE(fails(pushed, Code::occupied));
    EXPECT_THAT(pushed.error().message, HasSubstr(words));
    EXPECT_THAT(pushed.error().hint, HasSubstr(kBranch));
    EXPECT_EQ(tip(), before);
  }

  GitSandbox sandbox_;
};

TEST_F(Proposal, IsACommitOnTheHeadAndLeavesTheBranchAlone) {
  const std::string main = sandbox_.remote_head();
  const auto pushed = propose(kTag);
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  ASSERT_TRUE(pushed->proposal);
  EXPECT_EQ(pushed->proposal->branch, kBranch);
  EXPECT_FALSE(pushed->proposal->reused);
  EXPECT_EQ(pushed->attempts, 1);
  EXPECT_EQ(pushed->commit->text(), tip());
  EXPECT_EQ(sandbox_.remote_head(), main);
  EXPECT_EQ(sandbox_.git(sandbox_.remote(), {"rev-parse", std::string(kBranch) + "^"}), main);
  EXPECT_EQ(sandbox_.remote_manifest(kBranch), manifest(kTag));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-parse", "HEAD"}), main);
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"status", "--porcelain=v1", "--branch"}),
            "## main...origin/main");
}

TEST_F(Proposal, OfTheSameIsUnchanged) {
  ASSERT_TRUE(ok(propose(kTag)));
  const std::string before = tip();
  sandbox_.push_changes("echo more > elsewhere");
  for (const bool dry : {false, true}) {
    Change change = proposed(kTag, Way::branch);
    change.dry_run = dry;
    const auto again = push(change);
    ASSERT_TRUE(ok(again));
    EXPECT_FALSE(again->changed);
    EXPECT_FALSE(again->commit);
    EXPECT_EQ(again->attempts, 0);
    ASSERT_TRUE(again->proposal);
    EXPECT_TRUE(again->proposal->already);
    EXPECT_TRUE(again->proposal->reused);
  }
  EXPECT_EQ(tip(), before);
}

TEST_F(Proposal, IsUnchangedFromANewCloneToo) {
  ASSERT_TRUE(ok(propose(kTag)));
  std::filesystem::remove_all(sandbox_.clone());
  const auto again = propose(kTag);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->proposal->already);
}

TEST_F(Proposal, IsReplacedByAnother) {
  ASSERT_TRUE(ok(propose(kTag)));
  sandbox_.push_changes("echo more > elsewhere");
  const auto again = propose(kOther);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->changed);
  EXPECT_TRUE(again->proposal->reused);
  EXPECT_FALSE(again->proposal->already);
  EXPECT_EQ(sandbox_.remote_manifest(kBranch), manifest(kOther));
  EXPECT_EQ(sandbox_.git(sandbox_.remote(), {"rev-parse", std::string(kBranch) + "^"}),
            sandbox_.remote_head());
}

TEST_F(Proposal, IsRenewedWhereTheFileHasChangedOrItIsAskedFor) {
  ASSERT_TRUE(ok(propose(kTag)));
  sandbox_.push_tag(kOther);
  auto again = propose(kTag);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->changed);
  EXPECT_EQ(again->edits.front().previous_tag, kOther);
  const std::string before = tip();
  Change change = proposed(kTag, Way::branch);
  change.proposal->renew = true;
  sandbox_.push_changes("echo more > elsewhere");
  again = push(change);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->changed);
  EXPECT_NE(tip(), before);
}

TEST_F(Proposal, ThatWasMergedIsPast) {
  ASSERT_TRUE(ok(propose(kTag)));
  sandbox_.push_changes("git merge -q --no-ff -m merged origin/rollout/backend; echo x > x");
  const auto merged = propose(kTag);
  ASSERT_TRUE(ok(merged));
  EXPECT_FALSE(merged->changed);
  EXPECT_FALSE(merged->proposal) << "main itself has the value";
  sandbox_.push_tag("pr-3-3333333");
  const auto again = propose(kTag);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->changed);
  EXPECT_FALSE(again->proposal->reused);
}

// As one commit of the forge's own; the branch stays. Others change the file before and after.
TEST_F(Proposal, ThatWasSquashedIsPastNoMatterWhoMadeIt) {
  const engine::Person grace{"Grace", "grace@example.com"};
  for (const auto& person : {grace, test::sandbox_identity().author}) {
    const GitSandbox sandbox;
    const auto push_there = [&](const std::string& tag, const engine::Person& by) {
      const test::SandboxHost host(sandbox);
      auto remote = sandbox.flux_remote();
      remote.with_proposals = true;
      remote.proposal = kBranch;
      auto repository = engine::FluxRepository::open(host.host, std::move(remote), {});
      return repository
                 ? repository->push(proposed(tag, Way::branch), {.author = by, .committer = by}, {})
                 : engine::failure_of(repository);
    };
    ASSERT_TRUE(ok(push_there(kOther, person)));
    const std::string before = sandbox.remote_head(kBranch);
    sandbox.push_changes(edited("1s/.*/# changed/"));
    sandbox.push_changes("git fetch -q && git merge -q --squash origin/rollout/backend");
    sandbox.push_tag("pr-3-3333333");
    std::filesystem::remove_all(sandbox.clone());
    for (const char* const tag : {kOther, kTag}) {
      const auto next = push_there(tag, test::sandbox_identity().author);
      ASSERT_TRUE(ok(next)) << person.name;
      EXPECT_TRUE(next->changed) << "it was put back since";
      EXPECT_EQ(next->proposal->reused, tag == std::string(kTag));
    }
    EXPECT_NE(sandbox.remote_head(kBranch), before);
  }
}

TEST_F(Proposal, BesideTheChangeThatTheBranchHasIsTold) {
  sandbox_.push_tag(kOther);
  ASSERT_TRUE(ok(propose(kTag)));
  auto there = propose(kOther);
  ASSERT_TRUE(ok(there));
  EXPECT_FALSE(there->changed);
  EXPECT_THAT(there->warnings,
              ElementsAre(HasSubstr("rollout/backend has a proposal that is not merged: 'chore")));
  sandbox_.push_changes("git fetch -q && git merge -q --squash origin/rollout/backend");
  there = propose(kTag);
  ASSERT_TRUE(ok(there));
  EXPECT_FALSE(there->changed);
  EXPECT_TRUE(there->warnings.empty());
}

TEST_F(Proposal, WhoseBranchIsGoneIsMadeAgain) {
  ASSERT_TRUE(ok(propose(kTag)));
  sandbox_.git(sandbox_.remote(), {"branch", "-D", kBranch});
  const auto again = propose(kTag);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->changed);
  EXPECT_FALSE(again->proposal->reused);
}

TEST_F(Proposal, OfAnotherPersonIsNamedAndKept) {
  const engine::Person grace{"Grace", "grace@example.com"};
  ASSERT_TRUE(ok(push(proposed(kOther, Way::branch), {.author = grace, .committer = grace})));
  const std::string before = tip();
  for (const char* const tag : {kTag, kOther}) {
    expect_occupied(propose(tag), "rollout/backend has another person's proposal: 'chore(backend)",
                    before);
    expect_occupied(propose(tag), kOther, before);
    expect_occupied(propose(tag), "by Grace", before);
  }
  Change dry = proposed(kTag, Way::branch);
  dry.dry_run = true;
  expect_occupied(push(dry), "by Grace", before);
}

// As after a rebase or an amendment of the user's.
TEST_F(Proposal, OfAnotherPersonIsKeptThoughTheUserHasCommittedIt) {
  const engine::Person grace{"Grace", "grace@example.com"};
  const engine::Person ada = test::sandbox_identity().author;
  ASSERT_TRUE(ok(push(proposed(kOther, Way::branch), {.author = grace, .committer = ada})));
  expect_occupied(propose(kTag), "by Grace", tip());
}

TEST_F(Proposal, ToWhichATagWasAddedByHandIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal(edited("s/newTag: .*/newTag: pr-3-abcdef0/") +
              " && git commit -qam 'By hand' && git push -q");
  expect_occupied(propose(kOther), "a commit that no rollout made: 'By hand'", tip());
}

TEST_F(Proposal, ToWhichACommitWasAddedByHandIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal("echo mine > mine && git add . && git commit -qm 'By hand' && git push -q");
  expect_occupied(propose(kOther), "rollout/backend has a commit that no rollout made: 'By hand'",
                  tip());
  expect_occupied(propose(kTag), "by Ada Tester", tip());
}

TEST_F(Proposal, ThatWasAmendedByHandIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal("echo mine > mine && git add . && git commit -q --amend --no-edit && git push -qf");
  expect_occupied(propose(kTag), "a commit that no rollout made", tip());
}

// No matter who changed it: the author stays, the file is the same one, another line of it is new.
TEST_F(Proposal, ThatAnotherPersonAmendedInTheSameFileIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal(edited("s/# keep/# kept/") + " && echo '# by Grace' >>" +
              std::string(test::kManifestFile) +
              " && git -c user.name=Grace -c user.email=grace@example.com commit -qa --amend "
              "--no-edit && git push -qf");
  for (const char* const tag : {kTag, kOther}) {
    expect_occupied(propose(tag), "a commit that no rollout made", tip());
    expect_occupied(propose(tag), "by Grace", tip());
  }
}

TEST_F(Proposal, ThatTheUserAmendedInTheSameFileIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal("echo '# mine' >>" + std::string(test::kManifestFile) +
              " && git commit -qa --amend --no-edit && git push -qf");
  expect_occupied(propose(kOther), "a commit that no rollout made", tip());
}

TEST_F(Proposal, BelowWhichACommitWasMadeByHandIsNamedAndKept) {
  ASSERT_TRUE(ok(propose(kTag)));
  on_proposal(
      "git checkout -q -b below HEAD^ && echo mine > mine && git add . && "
      "git -c user.name=Grace -c user.email=grace@example.com commit -qm 'By hand' && "
      "git cherry-pick rollout/backend && git push -qf origin below:rollout/backend");
  for (const bool fresh : {false, true}) {
    if (fresh) {
      std::filesystem::remove_all(sandbox_.clone());
    }
    for (const char* const tag : {kTag, kOther}) {
      expect_occupied(propose(tag), "a commit that no rollout made: 'By hand', by Grace", tip());
    }
  }
}

// Whether it is ours is judged by its commits, which a new clone does not have at first.
TEST_F(Proposal, IsReplacedFromANewCloneThoughTheBranchHasMovedOn) {
  ASSERT_TRUE(ok(propose(kTag)));
  sandbox_.push_changes("echo more > elsewhere");
  sandbox_.push_changes("echo still more > elsewhere");
  std::filesystem::remove_all(sandbox_.clone());
  const auto again = propose(kOther);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->proposal->reused);
  EXPECT_EQ(sandbox_.remote_manifest(kBranch), manifest(kOther));
}

// Between the fetch and the push another one appears: the lease is lost, and it is looked at.
TEST_F(Proposal, LosesToAnotherProposerWhoWasFaster) {
  for (const bool own : {false, true}) {
    GitSandbox sandbox;
    const std::string who = own ? "Ada Tester" : "Grace";
    const std::string mail = own ? "ada@example.com" : "grace@example.com";
    sandbox.install_hook("pre-receive", R"(
if [ -e done ]; then exit 0; fi
touch done
unset GIT_QUARANTINE_PATH
export GIT_INDEX_FILE=$PWD/index GIT_AUTHOR_NAME=')" +
                                            who + "' GIT_AUTHOR_EMAIL=" + mail +
                                            " GIT_COMMITTER_NAME='" + who +
                                            "' GIT_COMMITTER_EMAIL=" + mail + R"(
git read-tree main
blob=$(git show main:apps/backend/kustomization.yaml | sed 's/newTag: .*/newTag: pr-2-abcdef0/' |
  git hash-object -w --stdin)
git update-index --cacheinfo 100644,$blob,apps/backend/kustomization.yaml
commit=$(git commit-tree $(git write-tree) -p main \
  -m 'chore(backend): update image tag to pr-2-abcdef0')
git update-ref refs/heads/rollout/backend $commit)");
    const test::SandboxHost host(sandbox);
    auto remote = sandbox.flux_remote();
    remote.with_proposals = true;
    remote.proposal = kBranch;
    auto repository = engine::FluxRepository::open(host.host, std::move(remote), {});
    ASSERT_TRUE(ok(repository));
    const auto pushed = repository->push(proposed(kTag, Way::branch), test::sandbox_identity(), {});
    if (own) {
      ASSERT_TRUE(ok(pushed));
      EXPECT_EQ(pushed->attempts, 2);
      EXPECT_TRUE(pushed->proposal->reused);
      EXPECT_EQ(sandbox.remote_manifest(kBranch), manifest(kTag));
    } else {
      ASSERT_TRUE(fails(pushed, Code::occupied));
      EXPECT_THAT(pushed.error().message, HasSubstr("by Grace"));
      EXPECT_EQ(sandbox.remote_manifest(kBranch), manifest(kOther));
    }
  }
}

TEST_F(Proposal, ThatIsRefusedHasTheRemotesWords) {
  sandbox_.install_hook("pre-receive", "echo 'no branches of that name' >&2; exit 1");
  const auto pushed = propose(kTag);
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, AllOf(HasSubstr("refused the push to rollout/backend"),
                                            HasSubstr("no branches of that name")));
  EXPECT_THAT(pushed.error().hint, HasSubstr("fluxForge"));
}

TEST_F(Proposal, DoesNotCutTheHistoryOfAClone) {
  ASSERT_TRUE(ok(push(change_to("pr-9-0000000"))));
  sandbox_.git(sandbox_.clone(), {"fetch", "-q", "--unshallow"});
  ASSERT_TRUE(ok(propose(kTag)));
  ASSERT_TRUE(ok(propose(kOther)));
  EXPECT_EQ(sandbox_.git(sandbox_.clone(), {"rev-parse", "--is-shallow-repository"}), "false");
}

TEST_F(Proposal, IsFoundByItsGroupWithTheValueThatWaitsThere) {
  ASSERT_TRUE(ok(propose(kTag)));
  const test::SandboxHost host(sandbox_);
  auto remote = sandbox_.flux_remote();
  remote.with_proposals = true;
  auto repository = engine::FluxRepository::open(host.host, std::move(remote), {});
  ASSERT_TRUE(ok(repository));
  ASSERT_TRUE(ok(repository->fetch({})));
  const auto read = [](std::string_view bytes) -> std::optional<std::string> {
    return bytes == manifest(kTag) ? std::optional<std::string>(kTag) : std::nullopt;
  };
  const auto file = test::repository_path(test::kManifestFile);
  const auto found = engine::find_open_proposal(*repository, "backend", file, read, {});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->branch, kBranch);
  EXPECT_EQ(found->commit.text(), tip());
  EXPECT_EQ(found->value, kTag);
  EXPECT_EQ(found->merged, false);
  EXPECT_TRUE(found->waits("pr-9-9999999"));
  EXPECT_FALSE(found->waits(kTag));
  EXPECT_FALSE(engine::find_open_proposal(*repository, "frontend", file, read, {}));
  sandbox_.git(sandbox_.remote(), {"branch", "-D", kBranch});
  ASSERT_TRUE(ok(repository->fetch({})));
  EXPECT_FALSE(engine::find_open_proposal(*repository, "backend", file, read, {}))
      << "it was merged";
}

class PushOptions : public Proposal {
 protected:
  PushOptions() {
    sandbox_.install_hook("post-receive", R"(
for i in $(seq 0 $((GIT_PUSH_OPTION_COUNT - 1))); do eval "echo \"\$GIT_PUSH_OPTION_$i\""; done >options
echo 'View merge request for rollout/backend:' >&2
echo '  https://gitlab.example/infra/flux/-/merge_requests/7' >&2)");
  }
};

TEST_F(PushOptions, AskForTheRequest) {
  sandbox_.git(sandbox_.remote(), {"config", "receive.advertisePushOptions", "true"});
  const auto pushed = propose(kTag, Way::push_options);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(sandbox_.remote_manifest(kBranch), manifest(kTag));
  EXPECT_EQ(test::read_bytes(sandbox_.remote() / "options"),
            "merge_request.create\nmerge_request.target=main\n"
            "merge_request.title=chore(backend): a title\nmerge_request.remove_source_branch\n");
  EXPECT_THAT(pushed->proposal->words,
              ElementsAre("View merge request for rollout/backend:",
                          "https://gitlab.example/infra/flux/-/merge_requests/7"));
  EXPECT_TRUE(pushed->warnings.empty());
}

TEST_F(PushOptions, ThatTheRemoteDoesNotTakeAreRejected) {
  for (const Way way : {Way::push_options, Way::agit}) {
    const auto pushed = propose(kTag, way);
    ASSERT_TRUE(fails(pushed, Code::rejected));
    EXPECT_THAT(pushed.error().message, HasSubstr("does not support push options"));
    EXPECT_THAT(pushed.error().hint, HasSubstr("receive.advertisePushOptions"));
  }
  EXPECT_EQ(sandbox_.git(sandbox_.remote(), {"for-each-ref", "refs/heads/rollout"}), "");
}

class AGit : public Proposal {
 protected:
  AGit() {
    sandbox_.git(sandbox_.remote(), {"config", "receive.advertisePushOptions", "true"});
    sandbox_.git(sandbox_.remote(), {"config", "receive.procReceiveRefs", "refs/for"});
    sandbox_.install_hook(
        "proc-receive", "exec '" + std::string(ROLLOUT_MCP_SOURCE) + "/stand_ins/proc_receive.py'");
  }

  std::string requests() const { return test::read_bytes(sandbox_.remote() / "requests.json"); }
  void answer(const std::string& mode) const {
    ASSERT_EQ(sandbox_.shell(sandbox_.remote(), "echo " + mode + " >agit_mode"), 0);
  }
  std::string pull(const std::string& number) const {
    return sandbox_.git(sandbox_.remote(), {"rev-parse", "refs/pull/" + number + "/head"});
  }
};

TEST_F(AGit, OpensARequestOfTheTopic) {
  const auto pushed = propose(kTag, Way::agit);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->proposal->ref, "refs/pull/1/head");
  EXPECT_FALSE(pushed->proposal->reused);
  EXPECT_EQ(pull("1"), pushed->commit->text());
  EXPECT_THAT(requests(), AllOf(HasSubstr(R"("topic": "rollout-backend")"),
                                HasSubstr(R"("title": "chore(backend): a title")"),
                                HasSubstr(R"("target": "main")")));
  EXPECT_EQ(sandbox_.git(sandbox_.remote(), {"for-each-ref", "refs/heads/rollout", "refs/for"}),
            "");
}

TEST_F(AGit, OfTheSameIsUnchangedWhileItIsOpen) {
  ASSERT_TRUE(ok(propose(kTag, Way::agit)));
  sandbox_.push_changes("echo more > elsewhere");
  const auto again = propose(kTag, Way::agit);
  ASSERT_TRUE(ok(again));
  EXPECT_FALSE(again->changed);
  EXPECT_TRUE(again->proposal->already);
  ASSERT_EQ(sandbox_.shell(sandbox_.remote(),
                           "sed -i.old 's/\"open\": true/\"open\": false/' requests.json"),
            0);
  const auto reopened = propose(kTag, Way::agit);
  ASSERT_TRUE(ok(reopened));
  EXPECT_TRUE(reopened->changed) << "the first one was closed";
  EXPECT_EQ(reopened->proposal->ref, "refs/pull/2/head");
  EXPECT_FALSE(reopened->proposal->reused);
}

TEST_F(AGit, IsReplacedByAnother) {
  ASSERT_TRUE(ok(propose(kTag, Way::agit)));
  const auto again = propose(kOther, Way::agit);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->proposal->reused);
  EXPECT_EQ(again->proposal->ref, "refs/pull/1/head");
  EXPECT_EQ(pull("1"), again->commit->text());
}

TEST_F(AGit, NeedsNoAddress) {
  for (const char* const mode : {"silent", "unnamed"}) {
    answer(mode);
    const auto pushed = propose(mode == std::string("silent") ? kTag : kOther, Way::agit);
    ASSERT_TRUE(ok(pushed));
    EXPECT_TRUE(pushed->changed);
    EXPECT_TRUE(pushed->proposal->words.empty());
  }
}

TEST_F(AGit, IsRefusedInTheForgesWords) {
  answer("refusing");
  const auto pushed = propose(kTag, Way::agit);
  ASSERT_TRUE(fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, AllOf(HasSubstr("push to refs/for/main"),
                                            HasSubstr("you may not open requests here")));
}

TEST_F(AGit, ThatTheRemoteDoesNotKnowIsSaid) {
  sandbox_.git(sandbox_.remote(), {"config", "--unset", "receive.procReceiveRefs"});
  for (int i = 0; i < 2; ++i) {
    const auto pushed = propose(kTag, Way::agit);
    ASSERT_TRUE(fails(pushed, Code::proposal_failed)) << i;
    EXPECT_THAT(pushed.error().message, HasSubstr("refs/for/main"));
    EXPECT_THAT(pushed.error().hint, HasSubstr("git push origin --delete refs/for/main"));
  }
}

}  // namespace
