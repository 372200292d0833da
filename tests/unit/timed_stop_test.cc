// Stop tokens that time requests.
#include "engine/base/timed_stop.h"

#include <gtest/gtest.h>

namespace {

using engine::TimedStop;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kShort{20};
constexpr milliseconds kLong{600'000};

// Waits until it is requested.
void await(const std::stop_token& token) {
  while (!token.stop_requested()) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

TEST(TimedStop, IsRequestedWhenTheTimeIsOver) {
  const auto begin = steady_clock::now();
  const auto stop = TimedStop::at_limit(kShort, {});
  await(stop.token());
  EXPECT_GE(steady_clock::now() - begin, kShort);
}

TEST(TimedStop, IsRequestedWithTheOther) {
  std::stop_source other;
  const auto stop = TimedStop::at_limit(kLong, other.get_token());
  EXPECT_FALSE(stop.token().stop_requested());
  other.request_stop();
  await(stop.token());
}

TEST(TimedStop, IsRequestedWithAnOtherThatWasBefore) {
  std::stop_source other;
  other.request_stop();
  const auto stop = TimedStop::at_limit(kLong, other.get_token());
  await(stop.token());
}

TEST(TimedStop, LeavesTheOtherAGrace) {
  std::stop_source other;
  const auto stop = TimedStop::after(other.get_token(), kShort);
  const auto begin = steady_clock::now();
  other.request_stop();
  await(stop.token());
  EXPECT_GE(steady_clock::now() - begin, kShort);
}

TEST(TimedStop, EndsWithoutBeingRequested) {
  std::stop_source other;
  std::stop_token token;
  {
    const auto limit = TimedStop::at_limit(kLong, other.get_token());
    const auto grace = TimedStop::after(other.get_token(), kLong);
    token = grace.token();
  }
  EXPECT_FALSE(token.stop_requested());
  other.request_stop();
  EXPECT_FALSE(token.stop_requested());
}

}  // namespace
