#include "engine/flux/retry_policy.h"

#include <gtest/gtest.h>

#include "tests/support/scripted_runner.h"

namespace {

using engine::RetryPolicy;
using std::chrono::milliseconds;

TEST(RetryPolicy, PausesLongerAndLongerUpToItsBound) {
  const test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.999; });
  milliseconds last{0};
  for (int pause = 0; pause < 30; ++pause) {
    const auto next = policy.next_pause();
    ASSERT_TRUE(next);
    EXPECT_GE(*next, last);
    EXPECT_LT(*next, RetryPolicy::kLastBound);
    last = *next;
  }
  EXPECT_GT(last, milliseconds(9900));
}

TEST(RetryPolicy, PausesUpToWhatAnAttemptTook) {
  test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.5; });
  clock.sleep(milliseconds(4), {});
  const auto after_quick_one = policy.next_pause();
  ASSERT_EQ(after_quick_one, RetryPolicy::kFirstBound / 2);
  clock.sleep(*after_quick_one + milliseconds(2000), {});
  const auto after_slow_one = policy.next_pause();
  ASSERT_EQ(after_slow_one, milliseconds(1000));
  clock.sleep(*after_slow_one, {});
  EXPECT_EQ(policy.next_pause(), milliseconds(1300)) << "the bound does not shrink";
}

TEST(RetryPolicy, MayNotPauseAtAll) {
  const test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.0; });
  EXPECT_EQ(policy.next_pause(), milliseconds(0));
}

TEST(RetryPolicy, EndsAfterFortyAttempts) {
  const test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.0; });
  int attempts = 1;
  while (policy.next_pause()) {
    ++attempts;
  }
  EXPECT_EQ(attempts, 40);
}

TEST(RetryPolicy, EndsAfterTwoMinutes) {
  test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.5; });
  ASSERT_TRUE(policy.next_pause());
  clock.sleep(std::chrono::minutes(2), {});
  EXPECT_FALSE(policy.next_pause());
}

TEST(RetryPolicy, PausesForNoAttemptThatWouldBeginTooLate) {
  test::FakeClock clock;
  RetryPolicy policy(clock, [] { return 0.999; });
  clock.sleep(std::chrono::minutes(2) - milliseconds(1), {});
  EXPECT_FALSE(policy.next_pause());
}

TEST(RetryPolicy, OfAnotherWriterPausesDifferently) {
  const test::FakeClock clock;
  RetryPolicy one(clock);
  RetryPolicy other(clock);
  bool differ = false;
  for (int pause = 0; pause < 8; ++pause) {
    differ = one.next_pause() != other.next_pause() || differ;
  }
  EXPECT_TRUE(differ);
}

}  // namespace
