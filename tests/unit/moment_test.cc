#include "engine/text/moment.h"

#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

using engine::Moment;
using std::chrono::seconds;

TEST(Ago, IsInWholeUnits) {
  struct Row {
    std::int64_t seconds;
    const char* words;
  };
  constexpr std::int64_t kHour = 3600;
  constexpr std::int64_t kDay = 24 * kHour;
  const std::vector<Row> rows = {{-kDay, "just now"},
                                 {-1, "just now"},
                                 {0, "just now"},
                                 {59, "just now"},
                                 {60, "1 minute ago"},
                                 {119, "1 minute ago"},
                                 {120, "2 minutes ago"},
                                 {12 * 60 + 30, "12 minutes ago"},
                                 {kHour - 1, "59 minutes ago"},
                                 {kHour, "1 hour ago"},
                                 {3 * kHour + 5, "3 hours ago"},
                                 {kDay - 1, "23 hours ago"},
                                 {kDay, "1 day ago"},
                                 {2 * kDay, "2 days ago"},
                                 {400 * kDay, "400 days ago"}};
  const Moment now(seconds(1'769'860'800));
  for (const Row& row : rows) {
    EXPECT_EQ(engine::ago(now - seconds(row.seconds), now), row.words) << row.seconds;
  }
}

TEST(Ago, ACommitMayBearAnyTime) {
  const Moment now(seconds(86'400));
  EXPECT_EQ(engine::ago(Moment::max(), now), "just now");
  EXPECT_EQ(engine::ago(Moment::min(), now), "1 day ago");
}

TEST(InUtc, IsReadByPrograms) {
  EXPECT_EQ(engine::in_utc(Moment(seconds(1'769'860'800))), "2026-01-31T12:00:00Z");
  EXPECT_EQ(engine::in_utc(Moment()), "1970-01-01T00:00:00Z");
  EXPECT_EQ(engine::in_utc(Moment::max()), "") << "the year does not fit";
}

}  // namespace
