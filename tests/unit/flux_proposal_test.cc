// Changes that are proposed from a clone, with a git that is made up: what is pushed, and what the
// clone notes of it.
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"
#include "tests/unit/flux_clones.h"

namespace {

using engine::Code;
using engine::ProposalTarget;
using engine::PushedChange;
using engine::Result;
using test::change_to;
using test::exited;
using test::fails;
using test::ok;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Way = ProposalTarget::Way;

constexpr const char* kBranch = "rollout/backend";
constexpr const char* kOther = "pr-2-abcdef0";

class FluxProposals : public test::FluxClones {
 protected:
  Result<PushedChange> propose(const std::string& tag, Way way = Way::branch) {
    remote_.with_proposals = way != Way::agit;
    remote_.proposal = kBranch;
    engine::Change change = change_to(tag);
    change.proposal = ProposalTarget{
        .way = way, .branch = kBranch, .labels = "backend", .title = "chore(backend): a title"};
    return push(change);
  }
  // As a forge with AGit answers, which names the ref of the request.
  void answer_as_agit() {
    git_.on_push = [] {
      return std::optional(exited(0, "*\tx:refs/pull/7/head\t[new reference]\nDone\n",
                                  "remote: Create a pull request\n"));
    };
  }
};

TEST_F(FluxProposals, ArePushedToABranchOfOurs) {
  const auto pushed = propose(kTag);
  ASSERT_TRUE(ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_FALSE(pushed->proposal->reused);
  EXPECT_EQ(pushed->commit, git_.pushed());
  EXPECT_THAT(commands("push"), ElementsAre(AllOf(HasSubstr("--force-with-lease=refs/heads/rollout/"
                                                            "backend: "),
                                                  HasSubstr(":refs/heads/rollout/backend"))));
  EXPECT_THAT(commands("reset"), ElementsAre("reset --quiet --hard " + pushed->head.text()))
      << "the work tree stays at the branch";
  const auto again = propose(kTag);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->proposal->already);
  EXPECT_EQ(commands("push").size(), 1U);
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_EQ(repository->proposed(kBranch), git_.pushed());
  EXPECT_EQ(repository->proposed("rollout/frontend"), std::nullopt);
}

TEST_F(FluxProposals, AreReplacedWhereTheyAreOurs) {
  ASSERT_TRUE(ok(propose(kTag)));
  const auto first = git_.pushed();
  git_.commit("old", "Founder");
  const auto again = propose(kOther);
  ASSERT_TRUE(ok(again));
  EXPECT_TRUE(again->proposal->reused);
  EXPECT_THAT(commands("push").back(),
              HasSubstr("--force-with-lease=refs/heads/rollout/backend:" + first->text()));
}

TEST_F(FluxProposals, AskForARequestByOptionsOfThePush) {
  ASSERT_TRUE(ok(propose(kTag, Way::push_options)));
  EXPECT_THAT(commands("push"), ElementsAre(AllOf(HasSubstr("-o merge_request.create"),
                                                  HasSubstr("-o merge_request.target=main"))));
}

TEST_F(FluxProposals, ThatARemoteRefusesSayWhy) {
  for (const Way way : {Way::branch, Way::push_options, Way::agit}) {
    git_.on_push = [] {
      return std::optional(
          exited(1, "!\tx:refs/heads/rollout/backend\t[remote rejected] (hook declined)\n", ""));
    };
    const auto refused = propose(kTag, way);
    ASSERT_TRUE(fails(refused, Code::rejected));
    EXPECT_THAT(refused.error().message, HasSubstr("hook declined"));
  }
}

TEST_F(FluxProposals, OverAgitAreNotedInTheClone) {
  answer_as_agit();
  const auto pushed = propose(kTag, Way::agit);
  ASSERT_TRUE(ok(pushed));
  EXPECT_EQ(pushed->proposal->ref, "refs/pull/7/head");
  EXPECT_THAT(commands("push"), ElementsAre(AllOf(HasSubstr("-o topic=rollout-backend"),
                                                  HasSubstr(":refs/for/main"))));
  auto repository = open();
  ASSERT_TRUE(ok(repository));
  EXPECT_EQ(repository->proposed(kBranch), pushed->commit);
  EXPECT_THAT(commands("ls-remote"), IsEmpty());
}

// A forge that takes the push as a request may report refs/for/main itself. If the remote then
// keeps that ref, it has made a branch and no request.
TEST_F(FluxProposals, OverAgitFailWhereTheRemoteKeepsTheRef) {
  const std::string ref = "refs/for/main";
  git_.on_push = [&] {
    return std::optional(exited(0, "*\tx:" + ref + "\t[new reference]\nDone\n"));
  };
  machine_.runner.on(" ls-remote ", exited(0, std::string(40, 'a') + "\t" + ref + "\n"));
  EXPECT_FALSE(propose(kTag, Way::agit)) << "a branch by that name is no request";
  machine_.runner.on(" ls-remote ", exited(0, ""));
  EXPECT_TRUE(ok(propose(kOther, Way::agit)));
}

}  // namespace
