#include <gtest/gtest.h>

#include "mcp/request_state.h"

namespace {

using mcp::RequestState;
using Clock = std::chrono::system_clock;

const auto kNow = Clock::time_point(std::chrono::seconds(1790000000));  // NOLINT(cert-err58-cpp)

RequestState with_key(const std::string& key) {
  return RequestState([key] { return key; });
}

Json answers() {
  return {{"name", "Zoë"}, {"list", {1, 2}}};
}

TEST(RequestState, ReturnsWhatWasSealed) {
  RequestState states(nullptr);
  for (const char* text : {"", "x", "\"\\\n", "\xe2\x80\xa8"}) {
    const Json given = {{"key", text}};
    const auto opened = states.open("r", states.seal("r", given, kNow), kNow);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, given);
  }
}

TEST(RequestState, SurvivesANewProcessWithTheSameKey) {
  const std::string state = with_key("secret").seal("r", answers(), kNow);
  EXPECT_TRUE(with_key("secret").open("r", state, kNow));
  EXPECT_FALSE(with_key("other").open("r", state, kNow));
}

TEST(RequestState, RandomKeysDiffer) {
  RequestState one(nullptr);
  RequestState other(nullptr);
  EXPECT_FALSE(other.open("r", one.seal("r", answers(), kNow), kNow));
}

TEST(RequestState, AnEmptyKeyIsNotUsed) {
  const std::string state = with_key("").seal("r", answers(), kNow);
  EXPECT_FALSE(with_key("").open("r", state, kNow));
}

TEST(RequestState, ExpiresAfterTenMinutes) {
  RequestState states(nullptr);
  const std::string state = states.seal("r", answers(), kNow);
  EXPECT_TRUE(states.open("r", state, kNow + std::chrono::minutes(10)));
  const auto late = states.open("r", state, kNow + std::chrono::seconds(601));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, mcp::ErrorCode::invalid_params);
  EXPECT_EQ(late.error().message, "Invalid params: `requestState` has expired");
}

TEST(RequestState, IsBoundToItsRequest) {
  RequestState states(nullptr);
  EXPECT_FALSE(states.open("other", states.seal("r", answers(), kNow), kNow));
}

TEST(RequestState, EveryChangedCharacterIsNoticed) {
  RequestState states(nullptr);
  const std::string state = states.seal("r", answers(), kNow);
  for (std::size_t i = 0; i < state.size(); ++i) {
    std::string changed = state;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(states.open("r", changed, kNow)) << i;
    EXPECT_FALSE(states.open("r", state.substr(0, i), kNow)) << i;
  }
  EXPECT_FALSE(states.open("r", state + "A", kNow));
  EXPECT_FALSE(states.open("r", state + "-TAMPERED", kNow));
}

TEST(RequestState, TheKeyIsAskedForOnceAndOnlyWhenNeeded) {
  int asked = 0;
  RequestState states([&asked] {
    ++asked;
    return std::string("secret");
  });
  EXPECT_EQ(asked, 0);
  states.seal("r", answers(), kNow);
  states.seal("r", answers(), kNow);
  EXPECT_EQ(asked, 1);
}

TEST(RequestState, ARequestIsItsMethodNameAndArguments) {
  const Json params = {{"name", "tool"}, {"arguments", {{"a", 1}, {"b", 2}}}};
  const auto same = RequestState::identify(
      "tools/call", Json::parse(R"({"arguments":{"b":2,"a":1},"name":"tool","requestState":"x",
                                    "inputResponses":{},"_meta":{"progressToken":1}})"));
  EXPECT_EQ(RequestState::identify("tools/call", params), same);
  EXPECT_NE(RequestState::identify("prompts/get", params), same);
  EXPECT_NE(RequestState::identify("tools/call", {{"name", "tool"}, {"arguments", {{"a", 2}}}}),
            same);
  EXPECT_NE(RequestState::identify("tools/call", {{"name", "other"}}), same);
}

}  // namespace
