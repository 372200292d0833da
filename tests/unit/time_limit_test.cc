#include "engine/base/time_limit.h"

#include <gtest/gtest.h>

#include "tests/support/expect_ok.h"

namespace {

engine::Result<std::chrono::milliseconds> limit_of(const std::string& text) {
  return engine::time_limit(engine::Environment({{"ROLLOUT_TIMEOUT_SECONDS", text}}));
}

TEST(TimeLimit, IsTwoMinutesUnlessItIsSet) {
  EXPECT_EQ(engine::time_limit(engine::Environment({})), std::chrono::minutes(2));
  EXPECT_EQ(limit_of("7"), std::chrono::seconds(7));
}

TEST(TimeLimit, IsOneDayAtMost) {
  EXPECT_EQ(limit_of("86400"), std::chrono::hours(24));
}

TEST(TimeLimit, RefusesWhatIsNoNumberOfSeconds) {
  for (const char* const text : {"0", "-1", "1.5", "10s", " 10", "86401", "99999999999999999999"}) {
    EXPECT_TRUE(test::fails(limit_of(text), engine::Code::bad_config)) << text;
  }
}

}  // namespace
