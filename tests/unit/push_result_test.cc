#include "engine/git/push_result.h"

#include <gtest/gtest.h>

#include "tests/support/scripted_runner.h"

namespace {

using engine::PushResult;
using test::exited;
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

}  // namespace
