#include "engine/git/push_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/scripted_runner.h"

namespace {

using engine::ProcessResult;
using engine::PushResult;
using test::exited;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = PushResult::Kind;

PushResult parse(const std::string& line) {
  return engine::parse_push(exited(0, "To https://h/x\n" + line + "\nDone\n"), "refs/heads/main");
}

TEST(PushResult, IsPushedByAnyFlagOfSuccess) {
  for (const char* const flag : {" ", "+", "*"}) {
    EXPECT_EQ(parse(std::string(flag) + "\tabc:refs/heads/main\t1..2").kind, Kind::pushed) << flag;
  }
}

TEST(PushResult, IsUpToDateWhereTheRemoteHadItAlready) {
  EXPECT_EQ(parse("=\tabc:refs/heads/main\t[up to date]").kind, Kind::up_to_date);
}

TEST(PushResult, TellsTheLostLeaseFromTheRemotesRefusal) {
  const PushResult lost = parse("!\tabc:refs/heads/main\t[rejected] (stale info)");
  EXPECT_EQ(lost.kind, Kind::rejected);
  EXPECT_EQ(lost.reason, "stale info");
  const PushResult refused =
      parse("!\tabc:refs/heads/main\t[remote rejected] (pre-receive hook declined)");
  EXPECT_EQ(refused.kind, Kind::remote_rejected);
  EXPECT_EQ(refused.reason, "pre-receive hook declined");
}

TEST(PushResult, ThatIsARefusalRepeatsNoSecret) {
  const std::string token = "glpat-" + std::string("0123456789abcdefghij");
  for (const std::string& said : {"token " + token + " may not push", token}) {
    const PushResult refused = parse("!\tabc:refs/heads/main\t[remote rejected] (" + said + ")");
    EXPECT_EQ(refused.kind, Kind::remote_rejected);
    EXPECT_EQ(refused.reason.find("0123456789"), std::string::npos) << refused.reason;
    EXPECT_NE(refused.reason.find("***"), std::string::npos) << refused.reason;
  }
}

TEST(PushResult, HasNoAnswerWithoutALineAboutTheRef) {
  EXPECT_EQ(engine::parse_push(exited(1, "Done\n"), "refs/heads/main").kind, Kind::no_answer);
  EXPECT_EQ(parse(" \tabc:refs/heads/maintenance\t1..2").kind, Kind::no_answer);
  EXPECT_EQ(parse("!\tabc:refs/heads/main\t[remote failure] (remote failed to report status)").kind,
            Kind::no_answer);
  EXPECT_EQ(parse("!").kind, Kind::no_answer);
}

TEST(PushResult, KnowsTheRacesOfSeveralServers) {
  for (const char* const reason :
       {"stale info", "fetch first", "non-fast-forward", "failed to update ref",
        "cannot lock ref 'refs/heads/main'", "incorrect old value provided", "failed to lock"}) {
    EXPECT_TRUE(engine::is_race(reason)) << reason;
  }
  for (const char* const reason : {"pre-receive hook declined", "push blocked by policy",
                                   "protected branch hook declined", "unpacker error"}) {
    EXPECT_FALSE(engine::is_race(reason)) << reason;
  }
}

TEST(PushResult, HasTheWordsOfTheOneThatRefused) {
  const auto words = [](const std::string& out, const std::string& err) {
    return engine::parse_push(exited(1, out, err), "refs/heads/main").words;
  };
  const std::string refused = "!\tabc:refs/heads/main\t[remote rejected] (unpacker error)\n";
  EXPECT_THAT(words(refused, "remote: no room\nerror: remote unpack failed: unable to create x\n"),
              ElementsAre("no room", "unable to create x"));
  EXPECT_THAT(words(refused, "error: failed to push some refs\n"), IsEmpty());
  EXPECT_THAT(words(" \tabc:refs/heads/main\t1..2\n", "remote: welcome\n"), ElementsAre("welcome"));
  EXPECT_THAT(words("", "run the tests\nfirst\n"), ElementsAre("run the tests first"))
      << "a hook on this machine";
  EXPECT_THAT(words("", "remote: no\nerror: failed to push some refs\n"), ElementsAre("no"));
}

TEST(PushResult, TellsWhetherTheRemoteMayHaveIt) {
  const auto result = [](ProcessResult::Kind kind, const char* err) {
    return engine::parse_push({kind, 1, "", err}, "refs/heads/main");
  };
  const PushResult none =
      result(ProcessResult::Kind::exited, "fatal: Authentication failed for 'x'");
  EXPECT_TRUE(none.sent_nothing);
  EXPECT_FALSE(none.has_reached_remote());
  const PushResult late = result(ProcessResult::Kind::timed_out, "");
  EXPECT_FALSE(late.sent_nothing);
  EXPECT_TRUE(late.has_reached_remote());
  EXPECT_TRUE(
      parse("!\tabc:refs/heads/main\t[remote rejected] (hook declined)").has_reached_remote());
  EXPECT_FALSE(parse("!\tabc:refs/heads/main\t[rejected] (stale info)").has_reached_remote());
}

TEST(PushResult, TellsARefusalOnThisMachine) {
  const auto refused_here = [](ProcessResult::Kind kind, const char* err) {
    return engine::parse_push({kind, 1, "", err}, "refs/heads/main").refused_here;
  };
  EXPECT_TRUE(refused_here(ProcessResult::Kind::exited, "error: failed to push some refs to 'x'"));
  EXPECT_FALSE(refused_here(ProcessResult::Kind::exited, "fatal: something"));
  EXPECT_FALSE(
      refused_here(ProcessResult::Kind::signalled, "error: failed to push some refs to 'x'"));
}

TEST(PushResult, TellsAPolicyFromARace) {
  const PushResult race = parse("!\tabc:refs/heads/main\t[remote rejected] (failed to update ref)");
  EXPECT_TRUE(race.lost_race());
  EXPECT_FALSE(race.is_refused_by_policy());
  const PushResult policy = parse("!\tabc:refs/heads/main\t[remote rejected] (hook declined)");
  EXPECT_FALSE(policy.lost_race());
  EXPECT_TRUE(policy.is_refused_by_policy());
  EXPECT_FALSE(policy.is_shallow_refusal());
  EXPECT_TRUE(parse("!\tabc:refs/heads/main\t[remote rejected] (shallow update not allowed)")
                  .is_shallow_refusal());
  EXPECT_FALSE(parse(" \tabc:refs/heads/main\t1..2").lost_race());
}

TEST(PushResult, SaysWhereItWasRedirectedTo) {
  const auto result = engine::parse_push(
      exited(0, "", "warning: redirecting to https://other.example/x.git/\n"), "refs/heads/main");
  EXPECT_EQ(result.redirected_to, "https://other.example/x.git");
}

}  // namespace
