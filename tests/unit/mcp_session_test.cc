// What a session keeps of its client: its revision, its wishes, its roots.
#include <future>
#include <new>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "mcp/session.h"

namespace {

using RootsAnswer = mcp::Session::RootsAnswer;

Json params(const char* version, const char* capabilities = "{}") {
  return {{"protocolVersion", version}, {"capabilities", Json::parse(capabilities)}};
}

std::vector<mcp::Root> roots(std::string uri) {
  return {mcp::Root(std::move(uri))};
}

constexpr const char* kTellsOfRoots = R"({"roots":{"listChanged":true}})";

class SessionRoots : public testing::Test {
 protected:
  mcp::Roots ask(mcp::Session& session, const RootsAnswer& answer) {
    return session.roots(stop_.get_token(), [&] {
      ++asked_;
      return answer;
    });
  }

  std::stop_source stop_;
  int asked_ = 0;
  mcp::Session session_{params("2025-11-25", kTellsOfRoots)};
};

TEST(Session, HasTheRevisionThatTheClientWantsOrTheNewest) {
  EXPECT_EQ(mcp::Session(params("2025-03-26")).info().version, "2025-03-26");
  EXPECT_EQ(mcp::Session(params("2019-01-01")).info().version, mcp::kLegacyVersions.front());
  EXPECT_THROW(static_cast<void>(mcp::Session(Json::object())), mcp::RpcError);
  EXPECT_THROW(mcp::Session(params("2025-11-25", "5")), mcp::RpcError);
}

TEST(Session, KnowsARepetitionOfItsInitialize) {
  const mcp::Session session(params("2025-11-25"));
  EXPECT_TRUE(session.began_with(params("2025-11-25")));
  EXPECT_FALSE(session.began_with(params("2025-06-18")));
}

TEST_F(SessionRoots, AreKeptUntilTheClientSaysThatTheyChanged) {
  EXPECT_EQ(ask(session_, {roots("a"), false}), mcp::Roots(roots("a")));
  EXPECT_EQ(ask(session_, {roots("b"), false}), mcp::Roots(roots("a")));
  EXPECT_EQ(asked_, 1);
  session_.forget_roots();
  EXPECT_EQ(ask(session_, {roots("b"), false}), mcp::Roots(roots("b")));
}

TEST_F(SessionRoots, AreAskedForEachTimeOfAClientThatDoesNotSay) {
  mcp::Session session(params("2025-11-25", R"({"roots":{}})"));
  ask(session, {roots("a"), false});
  EXPECT_EQ(ask(session, {roots("b"), false}), mcp::Roots(roots("b")));
}

TEST_F(SessionRoots, AreNotAskedForAgainAfterTheTimeHasPassed) {
  EXPECT_FALSE(ask(session_, {std::nullopt, true}));
  EXPECT_FALSE(ask(session_, {roots("a"), false}));
  EXPECT_EQ(asked_, 1);
  session_.forget_roots();
  EXPECT_TRUE(ask(session_, {roots("a"), false}));
}

TEST_F(SessionRoots, AreAskedForAgainAfterAnError) {
  EXPECT_FALSE(ask(session_, {std::nullopt, false}));
  EXPECT_TRUE(ask(session_, {roots("a"), false}));
}

TEST_F(SessionRoots, ThatChangedMeanwhileAreNotKept) {
  const auto answer = session_.roots(stop_.get_token(), [&] {
    session_.forget_roots();
    return RootsAnswer{roots("old"), false};
  });
  EXPECT_EQ(answer, mcp::Roots(roots("old")));
  EXPECT_EQ(ask(session_, {roots("new"), false}), mcp::Roots(roots("new")));
}

TEST_F(SessionRoots, AreAskedForByOneAtATime) {
  std::promise<void> asks;
  std::promise<void> may_go_on;
  auto first = std::async(std::launch::async, [&] {
    return session_.roots(stop_.get_token(), [&] {
      asks.set_value();
      may_go_on.get_future().wait();
      return RootsAnswer{roots("a"), false};
    });
  });
  asks.get_future().wait();
  auto second = std::async(std::launch::async, [&] { return ask(session_, {roots("b"), false}); });
  may_go_on.set_value();
  EXPECT_EQ(first.get(), mcp::Roots(roots("a")));
  EXPECT_EQ(second.get(), mcp::Roots(roots("a")));
  EXPECT_EQ(asked_, 0);
}

TEST_F(SessionRoots, CanBeAskedForAfterAQuestionThatFailed) {
  EXPECT_THROW(session_.roots(stop_.get_token(), []() -> RootsAnswer { throw std::bad_alloc(); }),
               std::bad_alloc);
  EXPECT_TRUE(ask(session_, {roots("a"), false}));
}

TEST_F(SessionRoots, OfARequestThatIsStoppedAreNotAskedFor) {
  stop_.request_stop();
  EXPECT_FALSE(ask(session_, {roots("a"), false}));
  EXPECT_EQ(asked_, 0);
}

}  // namespace
