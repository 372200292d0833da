// Whom a rollout replaces: what is said of it, and what is asked.
#include "engine/replacement.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/replace_guard.h"
#include "tests/support/expect_ok.h"

namespace {

using engine::CommitId;
using engine::Consent;
using engine::ImageTag;
using engine::Moment;
using engine::ReplacedValue;
using std::chrono::seconds;

const Moment kNow(seconds(1'769'860'800));
constexpr std::int64_t kMinute = 60;

ImageTag tag() {
  return *ImageTag::parse("pr-42-a1b2c3d");
}

ReplacedValue set_by(const char* value, const char* author, std::int64_t seconds_ago) {
  const std::int64_t now = kNow.time_since_epoch().count();
  return {value,
          engine::ValueOrigin{*CommitId::parse(std::string(40, 'c')), {author, now - seconds_ago}}};
}

TEST(PullRequestOf, ATagIsItsNumber) {
  struct Row {
    const char* tag;
    std::int64_t number;  // 0: none
  };
  const std::vector<Row> rows = {
      {"pr-41-0f0e0d0", 41},
      {"pr-41-0f0e0d0-amd64", 41},  // not rolled out by this program, and still that one's
      {"pr-41-x", 41},
      {"pr-9007199254740991-0f0e0d0", 9'007'199'254'740'991},
      {"pr-9007199254740992-0f0e0d0", 0},
      {"pr-99999999999999999999-0f0e0d0", 0},
      {"pr-041-0f0e0d0", 0},
      {"pr-0-0f0e0d0", 0},
      {"pr--0f0e0d0", 0},
      {"pr-41-", 0},
      {"pr-41", 0},
      {"pr-4x-0f0e0d0", 0},
      {"pr-+4-0f0e0d0", 0},
      {"PR-41-0f0e0d0", 0},
      {"main-123", 0},
      {"latest", 0},
      {"", 0},
      {"pr-41-0f0e0d0 and more", 0},
      {"pr-41-\x1b[31m", 0},
      {"pr-41-0f0e0d0@sha256:1", 41},
      {"pr-41-0f0e0d0@here", 0},
      {"pr-41@sha256:1", 0}};
  for (const Row& row : rows) {
    const auto number = engine::pull_request_of(row.tag);
    EXPECT_EQ(number ? number->value() : 0, row.number) << row.tag;
  }
  EXPECT_TRUE(engine::pull_request_of("pr-41-" + std::string(122, 'a')));
  EXPECT_FALSE(engine::pull_request_of("pr-41-" + std::string(123, 'a'))) << "no tag is so long";
}

TEST(ReplacementWarning, SaysWhoseAndSinceWhen) {
  struct Row {
    ReplacedValue value;
    const char* warning;
  };
  const std::vector<Row> rows = {
      {set_by("pr-41-0f0e0d0", "Alice", 12 * kMinute),
       "Replaces pr-41-0f0e0d0, rolled out by Alice 12 minutes ago."},
      {set_by("pr-41-0f0e0d0", "Alice", 60 * kMinute),
       "Replaces pr-41-0f0e0d0, rolled out by Alice 1 hour ago."},
      {set_by("pr-41-0f0e0d0", "Alice", -5),
       "Replaces pr-41-0f0e0d0, rolled out by Alice just now."},
      {{"pr-41-0f0e0d0"}, "Replaces pr-41-0f0e0d0."},
      {{"pr-41-0f0e0d0@sha256:" + std::string(64, 'a')}, "Replaces pr-41-0f0e0d0."},
      {set_by("pr-41-0f0e0d0", "", kMinute), "Replaces pr-41-0f0e0d0."}};
  for (const Row& row : rows) {
    const auto replaced = engine::replacement_of(row.value, tag(), kNow);
    ASSERT_TRUE(replaced.of_another);
    EXPECT_EQ(engine::replacement_warning(replaced), row.warning);
  }
}

TEST(Replacement, OfNoOtherPullRequestIsNoMatter) {
  for (const char* const value : {"pr-42-0000000", "main-123", "latest", "v1.2.3", "${TAG}"}) {
    const auto replaced = engine::replacement_of(set_by(value, "Alice", 1), tag(), kNow);
    EXPECT_FALSE(replaced.of_another) << value;
    EXPECT_EQ(replaced.tag, value);
    EXPECT_EQ(replaced.author, "Alice");
    EXPECT_EQ(replaced.commit, std::string(40, 'c'));
  }
  EXPECT_EQ(engine::replacement_of({"pr-42-0000000"}, tag(), kNow).pr_number,
            engine::PrNumber::make(42));
}

TEST(Replacement, HasTheTimeOfTheCommit) {
  const auto replaced =
      engine::replacement_of(set_by("pr-41-0f0e0d0", "Alice", 12 * kMinute), tag(), kNow);
  EXPECT_EQ(replaced.committed_at, "2026-01-31T11:48:00Z");
  const auto far = engine::replacement_of(
      {"pr-41-0f0e0d0",
       engine::ValueOrigin{*CommitId::parse(std::string(40, 'c')), {"Alice", INT64_MAX}}},
      tag(), kNow);
  EXPECT_FALSE(far.committed_at);
  EXPECT_EQ(engine::replacement_warning(far),
            "Replaces pr-41-0f0e0d0, rolled out by Alice just now.");
}

TEST(Occupied, SaysWhoseAndSinceWhenAndWhatToDo) {
  const auto replaced =
      engine::replacement_of(set_by("pr-41-0f0e0d0", "Alice", 12 * kMinute), tag(), kNow);
  const engine::Error declined = engine::occupied(replaced, Consent::declined);
  EXPECT_EQ(declined.code, engine::Code::occupied);
  EXPECT_EQ(declined.message,
            "Another pull request's image runs there, and replacing it was not confirmed: "
            "pr-41-0f0e0d0, rolled out by Alice 12 minutes ago.");
  EXPECT_NE(declined.hint, engine::occupied(replaced, Consent::nobody_to_ask).hint);
  const engine::Details expected = {{"tag", "pr-41-0f0e0d0"},
                                    {"prNumber", std::int64_t{41}},
                                    {"author", "Alice"},
                                    {"committedAt", "2026-01-31T11:48:00Z"},
                                    {"commit", std::string(40, 'c')}};
  EXPECT_EQ(declined.details, expected);
}

// The answer of the user counts for one tag.
TEST(ReplaceGuard, LetsPassWhatWasAgreedTo) {
  const engine::SteadyClock clock;
  const ImageTag own = tag();
  engine::ReplaceGuard guard(clock, own);
  const auto check = [&guard](const char* value) {
    return guard.check({value}, [](const std::string& asked) { return ReplacedValue{asked}; });
  };
  EXPECT_TRUE(test::ok(check("latest")));
  EXPECT_TRUE(test::ok(check("pr-42-0000000")));
  EXPECT_TRUE(test::fails(check("pr-41-0f0e0d0"), engine::Code::occupied));
  EXPECT_EQ(guard.met().tag, "pr-41-0f0e0d0");
  guard.agree();
  EXPECT_TRUE(test::ok(check("pr-41-0f0e0d0")));
  EXPECT_TRUE(test::fails(check("pr-41-1111111"), engine::Code::occupied));
  guard.agree();
  EXPECT_TRUE(test::fails(check("pr-41-0f0e0d0"), engine::Code::occupied))
      << "that was another answer";
}

TEST(ReplaceGuard, AsksAboutEachOfSeveralThatAreReplacedTogether) {
  const engine::SteadyClock clock;
  const ImageTag own = tag();
  engine::ReplaceGuard guard(clock, own);
  const auto check = [&guard] {
    return guard.check({"pr-42-0000000", "pr-7-1234567", "v1", "pr-9-1234567"},
                       [](const std::string& asked) { return ReplacedValue{asked}; });
  };
  for (const char* asked : {"pr-7-1234567", "pr-9-1234567"}) {
    EXPECT_TRUE(test::fails(check(), engine::Code::occupied));
    EXPECT_EQ(guard.met().tag, asked);
    guard.agree();
  }
  EXPECT_TRUE(test::ok(check()));
}

// The history is looked at only for what has to be asked, as a push waits for it.
TEST(ReplaceGuard, DoesNotLookForWhoSetWhatItLetsPass) {
  const engine::SteadyClock clock;
  const ImageTag own = tag();
  engine::ReplaceGuard guard(clock, own);
  int found = 0;
  const auto check = [&](const char* value) {
    return guard.check({value}, [&](const std::string& /*tag*/) {
      ++found;
      return set_by(value, "Alice", 1);
    });
  };
  EXPECT_TRUE(test::ok(check("latest")));
  EXPECT_TRUE(test::ok(check("pr-42-0000000")));
  EXPECT_EQ(found, 0);
  EXPECT_FALSE(check("pr-41-0f0e0d0"));
  EXPECT_EQ(found, 1);
  EXPECT_EQ(guard.met().author, "Alice");
}

}  // namespace
