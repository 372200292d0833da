#include <gtest/gtest.h>

#include "mcp/protocol.h"
#include "mcp/request_state.h"

namespace {

using mcp::RequestState;
using Clock = std::chrono::system_clock;

const auto kNow = Clock::time_point(std::chrono::seconds(1790000000));  // NOLINT(cert-err58-cpp)

RequestState with_key(const std::string& key) {
  return RequestState([key] { return key; });
}

// Why a state is refused; "" if it is not.
std::string refusal(RequestState& states, const char* request, const std::string& state,
                    Clock::time_point now = kNow) {
  try {
    states.open(request, state, now);
    return "";
  } catch (const mcp::RpcError& error) {
    EXPECT_EQ(error.code, mcp::ErrorCode::invalid_params);
    return error.message;
  }
}

Json answers() {
  return {{"name", "Zoë"}, {"list", {1, 2}}};
}

TEST(RequestState, ReturnsWhatWasSealed) {
  RequestState states(nullptr);
  for (const char* text : {"", "x", "\"\\\n", "\xe2\x80\xa8"}) {
    const Json given = {{"key", text}};
    EXPECT_EQ(states.open("r", states.seal("r", given, {}, "", kNow), kNow).answers, given);
  }
}

TEST(RequestState, SurvivesANewProcessWithTheSameKey) {
  const std::string state = with_key("secret").seal("r", answers(), {}, "", kNow);
  RequestState same = with_key("secret");
  RequestState other = with_key("other");
  EXPECT_EQ(refusal(same, "r", state), "");
  EXPECT_NE(refusal(other, "r", state), "");
}

TEST(RequestState, NoArgumentsAreEmptyOnes) {
  const Json none = {{"name", "rollout"}};
  const Json empty = {{"name", "rollout"}, {"arguments", Json::object()}};
  EXPECT_EQ(RequestState::identify("tools/call", none),
            RequestState::identify("tools/call", empty));
}

TEST(RequestState, RandomKeysDiffer) {
  RequestState one(nullptr);
  RequestState other(nullptr);
  EXPECT_NE(refusal(other, "r", one.seal("r", answers(), {}, "", kNow)), "");
}

TEST(RequestState, AnEmptyKeyIsNotUsed) {
  const std::string state = with_key("").seal("r", answers(), {}, "", kNow);
  RequestState other = with_key("");
  EXPECT_NE(refusal(other, "r", state), "");
}

TEST(RequestState, ExpiresAfterTenMinutes) {
  RequestState states(nullptr);
  const std::string state = states.seal("r", answers(), {}, "", kNow);
  EXPECT_EQ(refusal(states, "r", state, kNow + std::chrono::minutes(10)), "");
  EXPECT_EQ(refusal(states, "r", state, kNow + std::chrono::seconds(601)),
            "Invalid params: `requestState` has expired");
}

TEST(RequestState, IsBoundToItsRequest) {
  RequestState states(nullptr);
  EXPECT_NE(refusal(states, "other", states.seal("r", answers(), {}, "", kNow)), "");
}

TEST(RequestState, KeepsWhatItIsBoundTo) {
  RequestState states(nullptr);
  const std::string bound = states.bind("project and secret");
  EXPECT_EQ(bound.find("secret"), std::string::npos);
  EXPECT_NE(bound, states.bind("another project"));
  EXPECT_EQ(states.bind(""), "");
  EXPECT_EQ(states.open("r", states.seal("r", answers(), {}, bound, kNow), kNow).bound_to, bound);
}

TEST(RequestState, KeepsWhatWasAsked) {
  RequestState states(nullptr);
  const std::vector<std::string> asked = {"one", "two"};
  EXPECT_EQ(states.open("r", states.seal("r", answers(), asked, "", kNow), kNow).asked, asked);
}

TEST(RequestState, EachHasAnIdOfItsOwn) {
  RequestState states(nullptr);
  const auto id = [&] { return states.open("r", states.seal("r", {}, {}, "", kNow), kNow).id; };
  EXPECT_NE(id(), id());
}

// As one that an earlier version of the server has made just before it was replaced.
TEST(RequestState, OneWithoutAnIdIsRefused) {
  RequestState states = with_key("secret");
  const std::string state = states.seal("r", answers(), {}, "", kNow);
  const std::string payload = state.substr(64);
  EXPECT_NE(payload.find("\"id\""), std::string::npos);
  EXPECT_NE(refusal(states, "r", state.substr(0, 64) + "{}"), "");
}

TEST(SpentStates, EachCountsOnce) {
  mcp::SpentStates spent;
  const auto expires = kNow + RequestState::kLifetime;
  EXPECT_TRUE(spent.spend("a", expires, kNow));
  EXPECT_TRUE(spent.spend("b", expires, kNow));
  EXPECT_FALSE(spent.spend("a", expires, kNow));
  EXPECT_FALSE(spent.spend("a", expires, expires));
}

TEST(SpentStates, NoneCountsWhileTooManyAreRemembered) {
  mcp::SpentStates spent;
  const auto expires = kNow + RequestState::kLifetime;
  for (std::size_t i = 0; i < mcp::SpentStates::kMax; ++i) {
    EXPECT_TRUE(spent.spend(std::to_string(i), expires, kNow));
  }
  EXPECT_FALSE(spent.spend("more", expires, kNow));
  EXPECT_FALSE(spent.spend("0", expires, kNow));
  EXPECT_TRUE(
      spent.spend("more", expires + std::chrono::hours(1), expires + std::chrono::hours(1)));
}

TEST(RequestState, EveryChangedCharacterIsNoticed) {
  RequestState states(nullptr);
  const std::string state = states.seal("r", answers(), {}, "", kNow);
  for (std::size_t i = 0; i < state.size(); ++i) {
    std::string changed = state;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_NE(refusal(states, "r", changed), "") << i;
    EXPECT_NE(refusal(states, "r", state.substr(0, i)), "") << i;
  }
  EXPECT_NE(refusal(states, "r", state + "A"), "");
  EXPECT_NE(refusal(states, "r", state + "-TAMPERED"), "");
}

TEST(RequestState, TheKeyIsAskedForOnceAndOnlyWhenNeeded) {
  int asked = 0;
  RequestState states([&asked] {
    ++asked;
    return std::string("secret");
  });
  EXPECT_EQ(asked, 0);
  states.seal("r", answers(), {}, "", kNow);
  states.seal("r", answers(), {}, "", kNow);
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
