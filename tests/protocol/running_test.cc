// Requests while they run: order, cancellation, bounds, and the end of the server.
#include <atomic>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "tests/protocol/protocol_test.h"

namespace support {
namespace {

class Running : public ProtocolTest {
 protected:
  Running() : ProtocolTest(options()) {}
  static mcp::Options options() {
    mcp::Options options;
    options.limits.in_flight = 2;
    options.limits.queued = 1;
    options.limits.end_grace = std::chrono::milliseconds(20);
    return options;
  }
  // A handler that a failed test leaves behind must not hold its end up.
  void TearDown() override { gate_->open(); }
};

TEST_F(Running, ProgressGoesOutBeforeTheResponseAndOnlyGrows) {
  Json message = modern(1, "tools/call", call("progress"));
  message["params"]["_meta"]["progressToken"] = "token";
  client_.send(message);
  for (const int step : {0, 1, 2}) {
    const Json progress = client_.receive();
    EXPECT_EQ(progress["method"], "notifications/progress");
    EXPECT_EQ(progress["params"]["progressToken"], "token");
    EXPECT_EQ(progress["params"]["progress"], step);
    EXPECT_EQ(progress["params"]["message"], "step");
  }
  EXPECT_EQ(client_.receive()["id"], 1);
  EXPECT_TRUE(client_.silent());
}

TEST_F(Running, WithoutATokenThereIsNoProgress) {
  EXPECT_EQ(client_.exchange(modern(1, "tools/call", call("progress")))["id"], 1);
}

TEST_F(Running, ASlowRequestDoesNotHoldUpAFastOne) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  EXPECT_EQ(client_.exchange(modern(2, "tools/call", call("echo")))["id"], 2);
  gate_->open();
  EXPECT_EQ(client_.receive()["id"], 1);
}

TEST_F(Running, ACancelledRequestIsNeverHeardOfAgain) {
  Json message = modern(1, "tools/call", call("hold"));
  message["params"]["_meta"]["progressToken"] = 1;
  client_.send(message);
  gate_->await_arrivals(1);
  client_.send(notification("notifications/cancelled", {{"requestId", 1}}));
  gate_->open();
  client_.end_input();
  EXPECT_TRUE(client_.wait_until_closed());
  EXPECT_TRUE(client_.silent());
}

TEST_F(Running, CancellationReachesTheHandler) {
  gate_->open();
  client_.send(modern("a", "tools/call", call("wait")));
  gate_->await_arrivals(1);
  client_.send(notification("notifications/cancelled", {{"requestId", "a"}}));
  client_.end_input();
  EXPECT_TRUE(client_.wait_until_closed());
  EXPECT_TRUE(client_.silent());
}

TEST_F(Running, CancellingNeedsTheIdsType) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  client_.send(notification("notifications/cancelled", {{"requestId", "1"}}));
  gate_->open();
  EXPECT_EQ(client_.receive()["id"], 1);
}

TEST_F(Running, AnIdInUseIsRefusedAndTheFirstRequestGoesOn) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  EXPECT_EQ(client_.exchange(modern(1, "tools/list"))["error"]["code"], -32600);
  gate_->open();
  EXPECT_TRUE(client_.receive().contains("result"));
  EXPECT_TRUE(client_.exchange(modern(1, "tools/list")).contains("result"));
}

TEST_F(Running, ACancelledIdIsFreeAtOnce) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  client_.send(notification("notifications/cancelled", {{"requestId", 1}}));
  EXPECT_TRUE(client_.exchange(modern(1, "tools/call", call("echo")))["result"].contains(
      "structuredContent"));
}

TEST_F(Running, RequestsWaitForAWorkerAndTooManyAreACrowd) {
  client_.send(modern(1, "tools/call", call("hold")));
  client_.send(modern(2, "tools/call", call("hold")));
  gate_->await_arrivals(2);
  EXPECT_FALSE(client_.crowded());
  client_.send(modern(3, "tools/call", call("echo")));
  EXPECT_TRUE(client_.crowded());
  client_.send(modern(4, "tools/call", call("echo")));  // has been read already
  gate_->open();
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(client_.receive().contains("result"));
  }
  EXPECT_FALSE(client_.crowded());
}

TEST_F(Running, WhileAnAnswerIsAwaitedAllIsReadAndTooManyRequestsAreRefused) {
  client_.initialize("2025-11-25", {{"roots", Json::object()}});
  const Json question = client_.exchange(request(1, "tools/call", call("roots")));
  client_.send(request(2, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  client_.send(request(3, "tools/call", call("echo")));
  EXPECT_FALSE(client_.crowded());
  const Json refused = client_.exchange(request(4, "tools/call", call("echo")));
  EXPECT_EQ(refused["id"], 4);
  EXPECT_EQ(refused["error"]["code"], -32603);
  const Json roots = {{"roots", Json::array()}};
  client_.send({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", roots}});
  EXPECT_EQ(client_.receive()["id"], 1);
  EXPECT_EQ(client_.receive()["id"], 3);
}

TEST(RunningSlow, WhatIsQuickNeverWaitsForSlowTools) {
  mcp::Options options;
  options.limits.in_flight = 4;
  const auto latch = std::make_shared<test_server::Latch>();
  const auto server = test_server::make(latch, options);
  McpClient client(*server);
  for (const int id : {1, 2, 3, 4}) {
    client.send(modern(id, "tools/call", call("hold")));
  }
  latch->await_arrivals(3);
  EXPECT_EQ(client.exchange(modern(5, "tools/call", call("echo")))["id"], 5);
  EXPECT_EQ(client.exchange(modern(6, "tools/call", call("echo")))["id"], 6);
  latch->open();
  std::set<int> ids;
  for (int i = 0; i < 4; ++i) {
    ids.insert(client.receive()["id"].get<int>());
  }
  EXPECT_EQ(ids, (std::set<int>{1, 2, 3, 4}));
}

TEST_F(Running, AWaitingRequestCanBeCancelled) {
  client_.send(modern(1, "tools/call", call("hold")));
  client_.send(modern(2, "tools/call", call("hold")));
  gate_->await_arrivals(2);
  client_.send(modern(3, "tools/call", call("echo")));
  client_.send(notification("notifications/cancelled", {{"requestId", 3}}));
  client_.send(modern(4, "tools/call", call("echo")));
  gate_->open();
  std::set<int> ids;
  for (int i = 0; i < 3; ++i) {
    ids.insert(client_.receive()["id"].get<int>());
  }
  EXPECT_EQ(ids, (std::set<int>{1, 2, 4}));
}

TEST_F(Running, AWaitingRequestThatIsCancelledNeverRuns) {
  const auto runs = std::make_shared<std::atomic<int>>(0);
  server_->add(mcp::Tool{"count",
                         [] {
                           return OrderedJson{{"name", "count"}};
                         },
                         [runs](const Json&, mcp::Context&) {
                           ++*runs;
                           return mcp::text_result("counted");
                         }});
  client_.send(modern(1, "tools/call", call("hold")));
  client_.send(modern(2, "tools/call", call("hold")));
  gate_->await_arrivals(2);
  client_.send(modern(3, "tools/call", call("count")));
  EXPECT_TRUE(client_.crowded());
  client_.send(notification("notifications/cancelled", {{"requestId", 3}}));
  EXPECT_FALSE(client_.crowded());
  gate_->open();
  client_.receive();
  client_.receive();
  client_.end_input();
  EXPECT_TRUE(client_.wait_until_closed());
  EXPECT_TRUE(client_.silent());
  EXPECT_EQ(*runs, 0);
}

TEST_F(Running, AnExceptionIsAnInternalErrorWithoutItsDetails) {
  const Json reply = client_.exchange(modern(1, "tools/call", call("fail")));
  EXPECT_EQ(reply["error"]["code"], -32603);
  EXPECT_EQ(reply["error"]["message"], "Internal error");
}

TEST(RunningLog, AnExceptionsDetailsAreLogged) {
  std::string logged;
  mcp::Options options;
  options.log = [&](mcp::LogLevel level, std::string_view text) {
    if (level == mcp::LogLevel::error) {
      logged = text;
    }
  };
  const auto server = test_server::make(std::make_shared<test_server::Latch>(), options);
  McpClient client(*server);
  client.exchange(modern(1, "tools/call", call("fail")));
  EXPECT_EQ(logged, "the handler of tools/call failed: a secret detail");
}

TEST_F(Running, AtTheEndOfInputWorkMayFinish) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  client_.end_input();
  EXPECT_FALSE(client_.closed());
  gate_->open();
  EXPECT_EQ(client_.receive()["id"], 1);
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, AfterTheGraceWorkIsCancelledAndWaitedFor) {
  gate_->open();
  client_.send(modern(1, "tools/call", call("wait")));
  gate_->await_arrivals(1);
  client_.end_input();
  EXPECT_EQ(client_.receive()["result"]["content"][0]["text"], "stopped");
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, ShuttingDownCancelsAtOnceAndAnswersWhatWaits) {
  client_.send(modern(1, "tools/call", call("wait")));
  client_.send(modern(2, "tools/call", call("wait")));
  gate_->await_arrivals(2);
  client_.send(modern(3, "tools/call", call("echo")));
  client_.shut_down();
  EXPECT_EQ(client_.receive()["id"], 3);
  EXPECT_FALSE(client_.closed());
  gate_->open();
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, WhileItShutsDownNoCallIsTaken) {
  client_.send(modern(1, "tools/call", call("wait")));
  gate_->await_arrivals(1);
  client_.shut_down();
  const Json refused = client_.exchange(modern(2, "tools/call", call("echo")));
  EXPECT_EQ(refused["id"], 2);
  EXPECT_EQ(refused["error"]["code"], -32603);
  EXPECT_EQ(refused["error"]["message"], "The server is shutting down");
  gate_->open();
  EXPECT_EQ(client_.receive()["id"], 1);
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, WithinTheGraceCallsAreTaken) {
  client_.send(modern(1, "tools/call", call("hold")));
  gate_->await_arrivals(1);
  client_.end_input();
  const Json served = client_.exchange(modern(2, "tools/call", call("echo")));
  EXPECT_TRUE(served.contains("result")) << served;
  gate_->open();
  EXPECT_EQ(client_.receive()["id"], 1);
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, AClientThatIsGoneCancelsAll) {
  gate_->open();
  client_.send(modern(1, "tools/call", call("wait")));
  gate_->await_arrivals(1);
  client_.vanish();
  EXPECT_TRUE(client_.wait_until_closed());
}

TEST_F(Running, WithNothingToDoTheEndIsImmediate) {
  client_.end_input();
  EXPECT_TRUE(client_.closed());
}

}  // namespace
}  // namespace support
