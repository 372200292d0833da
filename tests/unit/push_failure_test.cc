// What is said of a push that did not land.
#include "engine/flux/push_failure.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::age_of;
using engine::Code;
using engine::Error;
using engine::PushResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const engine::RemoteNames kRemote = {"https://git.example/flux.git", "/config/flux-repos/dev"};

std::int64_t ago(std::int64_t seconds) {
  return std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) - seconds;
}

PushResult refused(std::string reason, std::vector<std::string> words = {}) {
  return {.kind = PushResult::Kind::remote_rejected,
          .reason = std::move(reason),
          .words = std::move(words)};
}

TEST(Age, IsGivenInTheUnitThatSuitsIt) {
  EXPECT_EQ(age_of(ago(-5)), "0 seconds") << "the author's clock is ahead";
  EXPECT_THAT(age_of(ago(90)), HasSubstr(" seconds"));
  EXPECT_EQ(age_of(ago(10 * 60 + 5)), "10 minutes");
  EXPECT_EQ(age_of(ago(3 * 3600 + 5)), "3 hours");
  EXPECT_EQ(age_of(ago(50 * 3600)), "2 days");
}

TEST(JoinedLine, IsOnePrintableLine) {
  EXPECT_EQ(engine::joined_line({}), "");
  EXPECT_EQ(engine::joined_line({"GH006:", "protected branch"}), "GH006: protected branch");
  EXPECT_THAT(engine::joined_line({"a\nb"}), Not(HasSubstr("\n")));
}

TEST(PushRefusal, HasTheRemotesReasonAndWords) {
  const Error error = engine::push_refusal(
      kRemote, "main", refused("pre-receive hook declined", {"GH006: no", "ask the owners"}));
  EXPECT_EQ(error.code, Code::rejected);
  EXPECT_EQ(error.message,
            "The remote refused the push to main of https://git.example/flux.git: pre-receive "
            "hook declined. GH006: no ask the owners");
  EXPECT_THAT(error.hint, HasSubstr("for the right to push to main, or set `fluxWrite`"));
  const Error proposed = engine::push_refusal(
      kRemote, "rollout/backend", refused("pre-receive hook declined"), engine::PushTo::proposal);
  EXPECT_THAT(proposed.hint, HasSubstr("for the right to push to rollout/backend;"));
  EXPECT_THAT(proposed.hint, Not(HasSubstr("fluxWrite")));
  ASSERT_EQ(error.details.size(), 2U);
  EXPECT_EQ(error.details[0].first, "reason");
  EXPECT_EQ(std::get<std::string>(error.details[0].second), "pre-receive hook declined");
  EXPECT_EQ(error.details[1].first, "remoteWords");
  EXPECT_THAT(std::get<std::vector<std::string>>(error.details[1].second),
              ElementsAre("GH006: no", "ask the owners"));
}

TEST(PushRefusal, SaysWhatToDoForEachReason) {
  const auto hint = [](const char* reason) {
    return engine::push_refusal(kRemote, "main", refused(reason)).hint;
  };
  EXPECT_THAT(hint("unpacker error"), HasSubstr("could not store the push"));
  EXPECT_THAT(hint("unpack failed"), HasSubstr("could not store the push"));
  EXPECT_THAT(hint("failed to update ref"), HasSubstr("a lock file"));
  EXPECT_THAT(hint("hook declined"), HasSubstr("an administrator"));
}

// A branch `a` and a branch `a/b` cannot both be there.
TEST(PushRefusal, NamesTheBranchThatIsInTheWay) {
  const Error error = engine::push_refusal(
      kRemote, "rollout/backend",
      refused("failed to update ref",
              {"error: cannot lock ref 'refs/heads/rollout/backend': 'refs/heads/rollout' exists; "
               "cannot create 'refs/heads/rollout/backend'"}),
      engine::PushTo::proposal);
  EXPECT_EQ(
      error.hint,
      "The remote has a branch rollout, and git cannot have rollout/backend beside it. Rename "
      "or delete that branch.");
}

TEST(PushRefusal, OfAHookHereIsNotTheRemotes) {
  const PushResult push{
      .kind = PushResult::Kind::no_answer, .words = {"run the tests first"}, .refused_here = true};
  const Error error = engine::push_refusal(kRemote, "main", push);
  EXPECT_EQ(error.code, Code::rejected);
  EXPECT_EQ(error.message,
            "Git refused to push to main of https://git.example/flux.git: run the tests first");
  EXPECT_THAT(error.hint, HasSubstr(".git/hooks in /config/flux-repos/dev."));
}

TEST(PushRefusal, OfAFullDiskIsThat) {
  PushResult push = refused("unpacker error");
  push.error = {Code::disk_full, "The disk is full."};
  EXPECT_EQ(engine::push_refusal(kRemote, "main", push).code, Code::disk_full);
}

TEST(UnknownPush, SaysWhatIsNotKnownAndHowToLearnIt) {
  const auto commit = engine::CommitId::parse(std::string(40, 'a'));
  ASSERT_TRUE(commit);
  PushResult push;
  push.error = {Code::unreachable, "It broke."};
  const Error error = engine::unknown_push(kRemote, "main", push, *commit,
                                           {Code::unreachable, "There is no way there."});
  EXPECT_EQ(error.code, Code::unknown_outcome);
  EXPECT_THAT(error.message, HasSubstr("commit aaaaaaa to main of https://git.example/flux.git"));
  EXPECT_THAT(error.message, HasSubstr("It broke. There is no way there."));
  EXPECT_THAT(error.hint, HasSubstr("git log origin/main` in /config/flux-repos/dev."));
  ASSERT_EQ(error.details.size(), 1U);
  EXPECT_EQ(std::get<std::string>(error.details[0].second), commit->text());
}

TEST(PushConflict, NamesTheLastWinnerWhereItIsKnown) {
  const Error error =
      engine::push_conflict(kRemote, "main", 40, engine::Authorship{"Grace", ago(600)});
  EXPECT_EQ(error.code, Code::conflict);
  EXPECT_THAT(error.message, HasSubstr("Tried 40 times to push to main of "));
  EXPECT_THAT(error.message, HasSubstr("last moved by Grace, 10 minutes ago."));
  EXPECT_EQ(error.details.size(), 2U);
  const Error unknown = engine::push_conflict(kRemote, "main", 4, std::nullopt);
  EXPECT_THAT(unknown.message, Not(HasSubstr("last moved")));
  EXPECT_EQ(unknown.details.size(), 1U);
}

}  // namespace
