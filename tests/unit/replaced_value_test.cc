// What a push replaces, on a made-up remote: of whom, and whether it may.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/background_fetch.h"
#include "engine/flux/push_loop.h"
#include "tests/support/expect_ok.h"
#include "tests/support/scripted_remote.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::BackgroundFetch;
using engine::Code;
using engine::PushedChange;
using engine::PushLoop;
using engine::Result;
using test::Push;
using test::Shown;

constexpr const char* kOld = "pr-9-0000000";
constexpr const char* kTag = "pr-1-abcdef0";

class ReplacedBy : public testing::Test {
 protected:
  ReplacedBy() {
    change_.edits.front().edit = [](std::string_view bytes) -> Result<engine::ManifestEdit> {
      return engine::ManifestEdit{
          .bytes = kTag, .changed = bytes != kTag, .previous_tag = std::string(bytes)};
    };
    change_.edits.front().value = [](std::string_view bytes) {
      return std::optional(std::string(bytes));
    };
  }

  // Refuses to replace `tag`, and notes what is asked.
  void refuse(const std::string& tag) {
    change_.edits.front().may_replace = [this, tag](
                                            const std::vector<std::string>& values,
                                            const engine::FindReplaced& find) -> Result<void> {
      asked_.insert(asked_.end(), values.begin(), values.end());
      return values.front() == tag
                 ? engine::fail(Code::occupied, "By " + find(tag).origin->by.author)
                 : Result<void>();
    };
  }

  Result<PushedChange> push() {
    PushLoop loop({remote_, history_, work_tree_, values_, clock_}, change_, identity_, call_);
    return loop.push(remote_.head());
  }
  Result<PushedChange> push_optimistically() {
    const engine::RemoteHead known = remote_.head();
    PushLoop loop({remote_, history_, work_tree_, values_, clock_}, change_, identity_, call_);
    BackgroundFetch fetch(remote_, BackgroundFetch::Start::deferred, call_, {});
    return loop.push_optimistically(fetch, known);
  }

  test::MadeUpHistory history_;
  test::MadeUpValues values_{history_};
  test::ScriptedRemote remote_{history_, kOld, kTag};
  test::NotedWorkTree work_tree_;
  test::FakeClock clock_;
  engine::CallContext call_;
  engine::Change change_ = test::made_up_change();
  engine::Identity identity_ = test::made_up_identity();
  std::vector<std::string> asked_;
};

TEST_F(ReplacedBy, IsKnownByTheHistoryOfTheHead) {
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  ASSERT_TRUE(pushed->edits.front().replaced);
  EXPECT_EQ(pushed->edits.front().replaced->tag, kOld);
  ASSERT_TRUE(pushed->edits.front().replaced->origin);
  EXPECT_EQ(pushed->edits.front().replaced->origin->by.author, "Founder");
  EXPECT_EQ(pushed->edits.front().replaced->origin->commit, pushed->head);
}

TEST_F(ReplacedBy, IsWhatStoodThereInTheEnd) {
  remote_.push_ends = {Push::stale_info, Push::taken};
  remote_.fetch_shows = {Shown::moved_tag};
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(pushed->edits.front().replaced->tag, "pr-2-0000000");
  EXPECT_EQ(pushed->edits.front().replaced->origin->by.author, "Grace");
}

TEST_F(ReplacedBy, OfADryRunIsToldToo) {
  change_.dry_run = true;
  refuse(kOld);
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(pushed->edits.front().replaced->tag, kOld);
  EXPECT_THAT(asked_, testing::IsEmpty()) << "nothing is replaced";
}

TEST_F(ReplacedBy, IsNothingWhereNothingChanges) {
  remote_.push_ends = {Push::stale_info};
  remote_.fetch_shows = {Shown::moved_same_tag};
  refuse("");
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_FALSE(pushed->changed);
  EXPECT_FALSE(pushed->edits.front().replaced);
  EXPECT_THAT(asked_, testing::ElementsAre(kOld));
}

TEST_F(ReplacedBy, IsWithoutAnAuthorWhereTheValueCannotBeRead) {
  change_.edits.front().value = {};
  const auto pushed = push();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(pushed->edits.front().replaced->tag, kOld);
  EXPECT_FALSE(pushed->edits.front().replaced->origin);
}

TEST_F(ReplacedBy, IsRefusedBeforeAnythingIsPushed) {
  refuse(kOld);
  EXPECT_TRUE(test::fails(push(), Code::occupied));
  EXPECT_EQ(remote_.pushes, 0);
  EXPECT_TRUE(work_tree_.begun.empty());
}

TEST_F(ReplacedBy, IsAskedForAgainOnAHeadThatMoved) {
  remote_.push_ends = {Push::stale_info};
  remote_.fetch_shows = {Shown::moved_tag};
  refuse("pr-2-0000000");
  EXPECT_TRUE(test::fails(push(), Code::occupied));
  EXPECT_EQ(remote_.pushes, 1);
  EXPECT_THAT(asked_, testing::ElementsAre(kOld, "pr-2-0000000"));
}

TEST_F(ReplacedBy, OfAKnownHeadThatIsOldIsNoReasonToRefuse) {
  remote_.find_head_shows = Shown::moved_tag;
  refuse(kOld);
  const auto pushed = push_optimistically();
  ASSERT_TRUE(test::ok(pushed));
  EXPECT_EQ(pushed->edits.front().replaced->tag, "pr-2-0000000");
  EXPECT_EQ(remote_.finds, 1);
}

TEST_F(ReplacedBy, OfTheHeadThatWasFetchedIsRefused) {
  refuse(kOld);
  EXPECT_TRUE(test::fails(push_optimistically(), Code::occupied));
  EXPECT_EQ(remote_.finds, 1);
  EXPECT_EQ(remote_.pushes, 0);
}

TEST_F(ReplacedBy, WhatMayBeReplacedCostsNoFetch) {
  refuse("another");
  ASSERT_TRUE(test::ok(push_optimistically()));
  EXPECT_EQ(remote_.finds, 0);
  EXPECT_EQ(remote_.pushes, 1);
}

}  // namespace
