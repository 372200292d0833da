// Sessions of the revisions that begin with `initialize`.
#include <gtest/gtest.h>

#include "tests/protocol/protocol_test.h"

namespace support {
namespace {

class Legacy : public ProtocolTest {
 protected:
  Legacy() : ProtocolTest(options()) {}
  static mcp::Options options() {
    mcp::Options options = all_capabilities();
    options.limits.roots_answer = std::chrono::milliseconds(20);
    return options;
  }
};

TEST_F(Legacy, InitializeEchoesAKnownVersionAndElseOffersTheNewest) {
  for (const char* version : {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"}) {
    McpClient client(*server_);
    EXPECT_EQ(client.initialize(version)["protocolVersion"], version);
  }
  const Json result = client_.initialize("2031-01-01");
  EXPECT_EQ(result["protocolVersion"], "2025-11-25");
  EXPECT_EQ(result["serverInfo"]["name"], "test");
  EXPECT_EQ(result["instructions"], "Use it in tests.");
  EXPECT_EQ(result["capabilities"]["tools"]["listChanged"], true);
  EXPECT_FALSE(result.contains("resultType"));
}

TEST_F(Legacy, InitializeHappensOnceAndNeedsAVersion) {
  EXPECT_EQ(client_.exchange(request(1, "initialize"))["error"]["code"], -32602);
  client_.initialize("2025-11-25");
  const Json again = request(2, "initialize", {{"protocolVersion", "2025-11-25"}});
  EXPECT_EQ(client_.exchange(again)["error"]["code"], -32600);
}

TEST_F(Legacy, InitializeAgainWithTheSameParametersHasTheSameAnswer) {
  Json params = {{"protocolVersion", "2025-06-18"},
                 {"capabilities", {{"roots", Json::object()}}},
                 {"clientInfo", {{"name", "a"}, {"version", "1"}}}};
  const Json first = client_.exchange(request(1, "initialize", params));
  params["_meta"] = {{"progressToken", 5}};
  const Json second = client_.exchange(request("again", "initialize", params));
  EXPECT_EQ(second["result"], first["result"]);
  EXPECT_EQ(second["result"]["protocolVersion"], "2025-06-18");
  params["capabilities"] = Json::object();
  EXPECT_EQ(client_.exchange(request(3, "initialize", params))["error"]["code"], -32600);
  // The session is the first one.
  EXPECT_EQ(client_.exchange(request(4, "tools/call", call("roots")))["method"], "roots/list");
}

TEST_F(Legacy, NullIsWhatIsLeftOut) {
  client_.exchange(
      request(1, "initialize", {{"protocolVersion", "2025-11-25"}, {"capabilities", nullptr}}));
  const Json params = {{"name", "echo"}, {"arguments", nullptr}};
  EXPECT_TRUE(client_.exchange(request(2, "tools/call", params)).contains("result"));
  for (const char* list :
       {"tools/list", "prompts/list", "resources/list", "resources/templates/list"}) {
    const Json whole = client_.exchange(request(3, list));
    for (const Json& cursor : {Json(nullptr), Json("")}) {
      EXPECT_EQ(client_.exchange(request(3, list, {{"cursor", cursor}})), whole) << list;
    }
    for (const Json& cursor : {Json("2"), Json(0), Json::object()}) {
      EXPECT_EQ(client_.exchange(request(3, list, {{"cursor", cursor}}))["error"]["code"], -32602);
    }
  }
}

TEST_F(Legacy, PingWorksBeforeTheHandshakeAndOtherRequestsDoNot) {
  EXPECT_EQ(client_.exchange(request(0, "ping")),
            Json::parse(R"({"jsonrpc":"2.0","id":0,"result":{}})"));
  EXPECT_EQ(client_.exchange(request(1, "tools/list"))["error"]["code"], -32602);
}

TEST_F(Legacy, ResultsHaveNoModernMembers) {
  client_.initialize("2025-11-25");
  client_.send(notification("notifications/initialized"));
  EXPECT_EQ(client_.exchange(request(1, "ping"))["result"], Json::object());
  EXPECT_EQ(client_.exchange(request(2, "logging/setLevel", {{"level", "error"}}))["result"],
            Json::object());
  EXPECT_EQ(client_.exchange(request(3, "resources/subscribe", {{"uri", "test://a"}}))["result"],
            Json::object());
  const Json result = client_.exchange(request(4, "tools/list"))["result"];
  EXPECT_EQ(result.size(), 1U);
  EXPECT_EQ(result["tools"].size(), 12U);
}

TEST_F(Legacy, ARenderedResultHasTheMembersOfAnyOther) {
  client_.initialize("2025-06-18");
  const Json called = client_.exchange(request(1, "tools/call", call("rendered", {{"a", "}}"}})));
  EXPECT_EQ(
      called,
      (Json{
          {"jsonrpc", "2.0"},
          {"id", 1},
          {"result",
           {{"content", Json::array({{{"type", "text"}, {"text", "a line\nand \u2028 another"}}})},
            {"structuredContent", {{"a", "}}"}}}}}}));
}

TEST_F(Legacy, ErrorsAreThoseOfTheRevision) {
  client_.initialize("2025-11-25");
  EXPECT_EQ(client_.exchange(request(1, "server/discover"))["error"]["code"], -32601);
  EXPECT_EQ(client_.exchange(request(2, "subscriptions/listen"))["error"]["code"], -32601);
  EXPECT_EQ(client_.exchange(request(3, "tools/call", call("none")))["error"]["code"], -32602);
  const Json error =
      client_.exchange(request(4, "resources/read", {{"uri", "test://no"}}))["error"];
  EXPECT_EQ(error["code"], -32002);
  EXPECT_EQ(error["data"]["uri"], "test://no");
  EXPECT_EQ(client_.exchange(request(5, "logging/setLevel", {{"level", "x"}}))["error"]["code"],
            -32602);
}

TEST_F(Legacy, ModernRequestsAreServedBesideASession) {
  client_.initialize("2025-11-25");
  EXPECT_EQ(client_.exchange(modern(1, "tools/list"))["result"]["resultType"], "complete");
  EXPECT_EQ(client_.exchange(modern(2, "ping"))["error"]["code"], -32601);
  EXPECT_EQ(client_.exchange(request(3, "ping"))["result"], Json::object());
}

TEST_F(Legacy, LogsFromInfoUntilALevelIsSet) {
  client_.initialize("2025-11-25");
  EXPECT_EQ(client_.exchange(request(1, "tools/call", call("logs")))["params"]["level"], "warning");
  EXPECT_EQ(client_.receive()["id"], 1);
  client_.exchange(request(2, "logging/setLevel", {{"level", "debug"}}));
  EXPECT_EQ(client_.exchange(request(3, "tools/call", call("logs")))["params"]["level"], "debug");
  EXPECT_EQ(client_.receive()["params"]["level"], "warning");
  EXPECT_EQ(client_.receive()["id"], 3);
}

TEST_F(Legacy, ChangesAreToldToTheSession) {
  client_.initialize("2025-06-18");
  server_->remove_tool("fail");
  EXPECT_EQ(client_.receive(),
            Json::parse(R"({"jsonrpc":"2.0","method":"notifications/tools/list_changed"})"));
  client_.exchange(request(1, "resources/subscribe", {{"uri", "test://a"}}));
  server_->resource_updated("test://a");
  EXPECT_EQ(client_.receive()["params"], Json::parse(R"({"uri":"test://a"})"));
  client_.exchange(request(2, "resources/unsubscribe", {{"uri", "test://a"}}));
  server_->resource_updated("test://a");
  EXPECT_TRUE(client_.silent());
}

TEST(LegacySubscriptions, AreBounded) {
  mcp::Options options;
  options.subscribe = true;
  options.limits.subscriptions = 2;
  const auto server = test_server::make(std::make_shared<test_server::Latch>(), options);
  McpClient client(*server);
  client.initialize("2025-11-25");
  const auto exchange = [&](const char* method, const char* uri) {
    return client.exchange(request(1, method, {{"uri", uri}}));
  };
  EXPECT_TRUE(exchange("resources/subscribe", "test://a").contains("result"));
  EXPECT_TRUE(exchange("resources/subscribe", "test://b").contains("result"));
  EXPECT_EQ(exchange("resources/subscribe", "test://c")["error"]["code"], -32603);
  EXPECT_TRUE(exchange("resources/unsubscribe", "test://a").contains("result"));
  EXPECT_TRUE(exchange("resources/subscribe", "test://c").contains("result"));
}

TEST_F(Legacy, ProgressMessagesCameWithTheSecondRevision) {
  client_.initialize("2024-11-05");
  Json params = call("progress");
  params["_meta"]["progressToken"] = 5;
  const Json progress = client_.exchange(request(1, "tools/call", params));
  EXPECT_EQ(progress["params"], Json::parse(R"({"progressToken":5,"progress":0,"total":2})"));
}

TEST_F(Legacy, StructuredContentIsAnObjectOrLeftOut) {
  client_.initialize("2025-11-25");
  const Json result =
      client_.exchange(request(1, "tools/call", call("echo", {{"a", 1}})))["result"];
  EXPECT_EQ(result["structuredContent"], Json::parse(R"({"a":1})"));
}

TEST_F(Legacy, BatchesAreAnsweredAsOneArrayWhereTheRevisionHasThem) {
  client_.initialize("2025-03-26");
  const Json batch = {request(1, "ping"), notification("notifications/initialized"),
                      request(2, "tools/call", call("echo")), Json(5)};
  const Json replies = client_.exchange(batch);
  ASSERT_EQ(replies.size(), 3U);
  EXPECT_EQ(replies[0]["id"], 1);
  EXPECT_EQ(replies[1]["error"]["code"], -32600);
  EXPECT_EQ(replies[2]["id"], 2);
  client_.send(Json::array({notification("notifications/initialized")}));
  EXPECT_TRUE(client_.silent());
  EXPECT_EQ(client_.exchange(Json::array())["error"]["code"], -32600);
  EXPECT_EQ(client_.exchange(Json(100, request(1, "ping"))).size(), 100U);
  EXPECT_EQ(client_.exchange(Json(101, request(1, "ping")))["error"]["code"], -32600);
}

TEST_F(Legacy, BatchesAreInvalidInOtherRevisions) {
  client_.initialize("2025-06-18");
  const Json reply = client_.exchange(Json::array({request(1, "ping")}));
  EXPECT_EQ(reply["error"]["code"], -32600);
  EXPECT_FALSE(reply.contains("id"));
}

TEST_F(Legacy, RootsAreAskedForOncePerSessionUntilTheyChange) {
  client_.initialize("2025-11-25", {{"roots", {{"listChanged", true}}}});
  const Json question = client_.exchange(request(1, "tools/call", call("roots")));
  EXPECT_EQ(question["method"], "roots/list");
  const Json roots = {{"roots", {{{"uri", "file:///a"}}, {{"uri", "file:///b"}}}}};
  const Json answered =
      client_.exchange({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", roots}});
  EXPECT_EQ(answered["result"]["content"][0]["text"], "file:///a;file:///b;");
  const Json cached = client_.exchange(request(2, "tools/call", call("roots")));
  EXPECT_EQ(cached["result"]["content"][0]["text"], "file:///a;file:///b;");
  client_.send(notification("notifications/roots/list_changed"));
  EXPECT_EQ(client_.exchange(request(3, "tools/call", call("roots")))["method"], "roots/list");
}

TEST_F(Legacy, RootsOfAClientThatDoesNotSayWhenTheyChangeAreAskedForEachTime) {
  client_.initialize("2025-11-25", {{"roots", Json::object()}});
  for (const char* uri : {"file:///a", "file:///b"}) {
    const Json question = client_.exchange(request(1, "tools/call", call("roots")));
    ASSERT_EQ(question["method"], "roots/list");
    const Json roots = {{"roots", {{{"uri", uri}}}}};
    const Json answered =
        client_.exchange({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", roots}});
    EXPECT_EQ(answered["result"]["content"][0]["text"], std::string(uri) + ";");
  }
}

TEST_F(Legacy, RootsThatChangeWhileTheyAreAskedForAreNotKept) {
  client_.initialize("2025-11-25", {{"roots", {{"listChanged", true}}}});
  const Json question = client_.exchange(request(1, "tools/call", call("roots")));
  client_.send(notification("notifications/roots/list_changed"));
  client_.exchange(
      {{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", {{"roots", Json::array()}}}});
  EXPECT_EQ(client_.exchange(request(2, "tools/call", call("roots")))["method"], "roots/list");
}

TEST_F(Legacy, AClientThatAnswersWithAnErrorHasNoRoots) {
  client_.initialize("2025-11-25", {{"roots", {{"listChanged", true}}}});
  for (int n = 0; n < 2; ++n) {
    const Json question = client_.exchange(request(1, "tools/call", call("roots")));
    ASSERT_EQ(question["method"], "roots/list");
    const Json error = {{"code", -32601}, {"message", "no"}};
    const Json answered =
        client_.exchange({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"error", error}});
    EXPECT_EQ(answered["result"]["content"][0]["text"], "the client did not answer `roots/list`");
  }
}

TEST_F(Legacy, AClientThatDoesNotAnswerHasNoRoots) {
  client_.initialize("2025-11-25", {{"roots", Json::object()}});
  const Json question = client_.exchange(request(1, "tools/call", call("roots")));
  const Json withdrawn = client_.receive();
  EXPECT_EQ(withdrawn["method"], "notifications/cancelled");
  EXPECT_EQ(withdrawn["params"]["requestId"], question["id"]);
  EXPECT_EQ(client_.receive()["result"]["content"][0]["text"],
            "the client did not answer `roots/list`");
}

// To wait for it each time would cost as much at every call.
TEST_F(Legacy, AClientThatDoesNotAnswerIsAskedForItsRootsOnceUntilTheyChange) {
  client_.initialize("2025-11-25", {{"roots", {{"listChanged", true}}}});
  for (int n = 0; n < 2; ++n) {
    EXPECT_EQ(client_.exchange(request(1, "tools/call", call("roots")))["method"], "roots/list");
    EXPECT_EQ(client_.receive()["method"], "notifications/cancelled");
    EXPECT_EQ(client_.receive()["id"], 1);
    for (int later = 2; later < 4; ++later) {
      const Json reply = client_.exchange(request(later, "tools/call", call("roots")));
      EXPECT_EQ(reply["result"]["content"][0]["text"], "the client did not answer `roots/list`");
    }
    client_.send(notification("notifications/roots/list_changed"));
  }
}

TEST_F(Legacy, ARequestThatWasCancelledDoesNotCountAsUnanswered) {
  mcp::Options patient = options();
  patient.limits.roots_answer = std::chrono::seconds(20);
  const auto server = test_server::make(gate_, patient);
  McpClient client(*server);
  client.initialize("2025-11-25", {{"roots", Json::object()}});
  EXPECT_EQ(client.exchange(request(1, "tools/call", call("roots")))["method"], "roots/list");
  client.send(notification("notifications/cancelled", {{"requestId", 1}}));
  Json next = client.exchange(request(2, "tools/call", call("roots")));
  if (next["method"] == "notifications/cancelled") {
    next = client.receive();
  }
  EXPECT_EQ(next["method"], "roots/list");
  client.vanish();
}

TEST_F(Legacy, ARootThatIsNoneLeavesTheOthers) {
  client_.initialize("2025-11-25", {{"roots", Json::object()}});
  const Json question = client_.exchange(request(1, "tools/call", call("roots")));
  const Json roots = {{"roots", {{{"name", "a"}}, 5, {{"uri", "file:///b"}}}}};
  const Json answered =
      client_.exchange({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", roots}});
  EXPECT_EQ(answered["result"]["content"][0]["text"], "(an object without `uri`);(5);file:///b;");
}

TEST_F(Legacy, AClientWithoutRootsIsNotAsked) {
  client_.initialize("2025-11-25");
  const Json reply = client_.exchange(request(1, "tools/call", call("roots")));
  EXPECT_EQ(reply["result"]["content"][0]["text"], "the client offers no roots");
}

}  // namespace
}  // namespace support
