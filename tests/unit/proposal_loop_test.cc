// The push loop with a change that is proposed, without git.
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/push_loop.h"
#include "tests/support/expect_ok.h"
#include "tests/support/scripted_remote.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::Code;
using engine::CommitId;
using engine::ProposalTarget;
using engine::PushedChange;
using engine::PushLoop;
using engine::Result;
using test::Push;
using test::Shown;
using testing::HasSubstr;

using Way = ProposalTarget::Way;

constexpr const char* kOld = "pr-9-0000000";
constexpr const char* kTag = "pr-1-abcdef0";
constexpr const char* kOther = "pr-2-abcdef0";

class ProposalLoop : public testing::Test {
 protected:
  ProposalLoop() {
    change_.edits.front().edit = [](std::string_view bytes) -> Result<engine::ManifestEdit> {
      engine::ManifestEdit edit;
      edit.previous_tag = std::string(bytes);
      edit.changed = bytes != kTag;
      edit.bytes = kTag;
      return edit;
    };
    change_.edits.front().repeat = [](std::string_view /*before*/,
                                      std::string_view after) -> Result<std::string> {
      return std::string(after);
    };
  }

  // A proposal of `tag` by `author`, which the remote has.
  CommitId propose(const std::string& tag, const std::string& author) {
    const CommitId commit = history_.add(remote_.head().commit, tag, author);
    remote_.set_proposed(commit);
    return commit;
  }

  Result<PushedChange> push() {
    const engine::CallContext call;
    PushLoop loop({remote_, history_, work_tree_, values_, clock_}, change_, identity_, call);
    auto pushed = loop.push(remote_.head());
    path_.clear();
    for (const PushLoop::State state : loop.path()) {
      path_.append(path_.empty() ? "" : " ").append(engine::name(state));
    }
    return pushed;
  }

  test::MadeUpHistory history_;
  test::ScriptedRemote remote_{history_, kOld, kTag};
  test::NotedWorkTree work_tree_;
  test::MadeUpValues values_{history_};
  test::FakeClock clock_;
  std::string path_;
  engine::Change change_{
      .edits = {{engine::RepositoryPath::parse("apps/k.yaml", "file").value(), {}}},
      .message = "chore(backend): update image tag to pr-1-abcdef0",
      .dry_run = false,
      .proposal = ProposalTarget{.way = Way::branch,
                                 .branch = "rollout/backend",
                                 .labels = "backend",
                                 .title = "a title"}};
  engine::Identity identity_{.author = {"Ada", "Ada@example.com"},
                             .committer = {"Ada", "Ada@example.com"}};
};

TEST_F(ProposalLoop, LeavesTheWorkTreeAtTheBranch) {
  const auto base = remote_.head();
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(path_, "preparing pushing finished");
  EXPECT_TRUE(pushed->changed);
  EXPECT_EQ(pushed->commit, remote_.head().proposed);
  EXPECT_EQ(remote_.head().commit, base.commit);
  ASSERT_EQ(work_tree_.finished.size(), 1U);
  EXPECT_EQ(work_tree_.finished.front().first, base);
  EXPECT_FALSE(work_tree_.finished.front().second);
}

TEST_F(ProposalLoop, HasNothingToDoWhereTheProposalHasIt) {
  propose(kTag, "Ada");
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(path_, "preparing finished");
  EXPECT_FALSE(pushed->changed);
  EXPECT_TRUE(pushed->proposal->already);
}

TEST_F(ProposalLoop, TakesWhatArrivedThoughTheConnectionBroke) {
  remote_.push_ends = {Push::hung_up};
  remote_.fetch_shows = {Shown::ours};
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(path_, "preparing pushing looking finished");
  EXPECT_TRUE(pushed->changed);
}

TEST_F(ProposalLoop, PushesAgainWhatDidNotArrive) {
  remote_.push_ends = {Push::hung_up, Push::taken};
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(path_, "preparing pushing looking retrying pushing finished");
  EXPECT_EQ(pushed->attempts, 2);
}

// AGit's remote has nothing that could be fetched, but says that it has the commit already.
TEST_F(ProposalLoop, OfAGitIsProposedWhereASecondPushFindsItThere) {
  change_.proposal->way = Way::agit;
  remote_.push_ends = {Push::hung_up, Push::up_to_date};
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_TRUE(pushed->changed);
  EXPECT_FALSE(pushed->proposal->already);
}

TEST_F(ProposalLoop, OfAGitSendsWhatItSentBeforeAndBelievesTheRemote) {
  change_.proposal->way = Way::agit;
  const CommitId before = propose(kTag, "Ada");
  remote_.push_ends = {Push::up_to_date};
  auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_FALSE(pushed->changed);
  EXPECT_FALSE(pushed->commit);
  EXPECT_TRUE(pushed->proposal->already);
  remote_.push_ends = {Push::taken};
  pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_TRUE(pushed->changed) << "its request was closed";
  EXPECT_EQ(pushed->commit, before);
}

TEST_F(ProposalLoop, OfAGitIsNotThereBecauseItWasPushedBefore) {
  change_.proposal->way = Way::agit;
  propose(kTag, "Ada");
  remote_.push_ends = {Push::hook_declined};
  EXPECT_TRUE(test::fails(push(), Code::rejected));
}

TEST_F(ProposalLoop, LooksAgainWhoseTheProposalIsThatWasFaster) {
  for (const char* const who : {"Ada", "Grace"}) {
    remote_.set_proposed(std::nullopt);
    remote_.pushes = 0;
    remote_.push_ends = {Push::stale_info, Push::taken};
    remote_.while_pushing = [&] {
      if (remote_.pushes == 1) {
        propose(kOther, who);
      }
    };
    const auto pushed = push();
    if (who == std::string("Ada")) {
      ASSERT_TRUE(test::ok(pushed));
      EXPECT_EQ(path_, "preparing pushing looking retrying preparing pushing finished");
      EXPECT_TRUE(pushed->proposal->reused);
    } else {
      ASSERT_TRUE(test::fails(pushed, Code::occupied));
      EXPECT_THAT(pushed.error().message, HasSubstr("by Grace"));
      EXPECT_EQ(history_.tag_of(*remote_.head().proposed), kOther);
    }
  }
}

TEST_F(ProposalLoop, NamesWhatItPushedTo) {
  remote_.push_ends = {Push::hook_declined};
  auto pushed = push();
  ASSERT_TRUE(test::fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("to rollout/backend of"));
  change_.proposal->way = Way::agit;
  pushed = push();
  ASSERT_TRUE(test::fails(pushed, Code::rejected));
  EXPECT_THAT(pushed.error().message, HasSubstr("to refs/for/main of"));
  EXPECT_EQ(remote_.pushes, 2) << "a policy is not asked twice";
}

}  // namespace
