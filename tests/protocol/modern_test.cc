// Requests of revision 2026-07-28, each of which carries its own metadata.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocol/protocol_test.h"

namespace support {
namespace {

class Modern : public ProtocolTest {
 protected:
  Modern() : ProtocolTest(all_capabilities()) {}
};

constexpr const char* kServerInfo = "io.modelcontextprotocol/serverInfo";
constexpr const char* kVersion = "io.modelcontextprotocol/protocolVersion";
constexpr const char* kSubscription = "io.modelcontextprotocol/subscriptionId";

TEST_F(Modern, DiscoverSaysWhatWasAdded) {
  const Json reply = client_.exchange(modern("d", "server/discover"));
  EXPECT_EQ(reply["id"], "d");
  const Json& result = reply["result"];
  EXPECT_EQ(result["supportedVersions"], Json::array({"2026-07-28"}));
  EXPECT_EQ(result["capabilities"],
            Json::parse(R"({"completions":{},"logging":{},"prompts":{"listChanged":true},
                            "resources":{"listChanged":true,"subscribe":true},
                            "tools":{"listChanged":true}})"));
  EXPECT_EQ(result["instructions"], "Use it in tests.");
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(result["ttlMs"], 60000);
  EXPECT_EQ(result["cacheScope"], "public");
  EXPECT_EQ(result["_meta"][kServerInfo], Json::parse(R"({"name":"test","version":"1.0"})"));
}

TEST_F(Modern, AnyRequestMayBeTheFirst) {
  const Json reply = client_.exchange(modern(1795461234567, "tools/list"));
  EXPECT_EQ(reply["id"], 1795461234567);
  EXPECT_EQ(reply["result"]["tools"][0]["name"], "echo");
  EXPECT_EQ(reply["result"]["cacheScope"], "public");
}

TEST_F(Modern, ChecksMetadataInTheOrderOfTheSpecification) {
  Json no_meta = request(1, "server/discover");
  EXPECT_EQ(client_.exchange(no_meta)["error"]["code"], -32602);

  Json no_version = modern(2, "server/discover");
  no_version["params"]["_meta"].erase(kVersion);
  EXPECT_EQ(client_.exchange(no_version)["error"]["code"], -32602);

  Json number = modern(3, "server/discover");
  number["params"]["_meta"][kVersion] = 20260728;
  EXPECT_EQ(client_.exchange(number)["error"]["code"], -32602);

  Json future = modern(4, "unknown/method");
  future["params"]["_meta"][kVersion] = "v999.0.0";
  future["params"]["_meta"].erase("io.modelcontextprotocol/clientCapabilities");
  const Json error = client_.exchange(future)["error"];
  EXPECT_EQ(error["code"], -32022);
  EXPECT_EQ(error["data"], Json::parse(R"({"supported":["2026-07-28"],"requested":"v999.0.0"})"));

  Json no_capabilities = modern(5, "unknown/method");
  no_capabilities["params"]["_meta"].erase("io.modelcontextprotocol/clientCapabilities");
  EXPECT_EQ(client_.exchange(no_capabilities)["error"]["code"], -32602);

  Json bad_level = modern(6, "unknown/method");
  bad_level["params"]["_meta"]["io.modelcontextprotocol/logLevel"] = "loud";
  EXPECT_EQ(client_.exchange(bad_level)["error"]["code"], -32602);

  EXPECT_EQ(client_.exchange(modern(7, "unknown/list", {{"cursor", "x"}}))["error"]["code"],
            -32601);
}

TEST_F(Modern, DoesNotKnowTheMethodsOfTheOlderRevisions) {
  for (const char* method : {"initialize", "ping", "logging/setLevel", "resources/subscribe",
                             "resources/unsubscribe", "roots/list"}) {
    EXPECT_EQ(client_.exchange(modern(1, method))["error"]["code"], -32601) << method;
  }
}

TEST_F(Modern, ToolResultsAreComplete) {
  const Json result = client_.exchange(modern(1, "tools/call", call("echo", {{"a", 1}})))["result"];
  EXPECT_EQ(result["resultType"], "complete");
  EXPECT_EQ(result["structuredContent"], Json::parse(R"({"a":1})"));
  EXPECT_EQ(result["content"][0]["text"], "echo");
  EXPECT_TRUE(result["_meta"].contains(kServerInfo));
  EXPECT_FALSE(result.contains("ttlMs"));
  EXPECT_FALSE(result.contains("isError"));
}

TEST_F(Modern, UnknownNamesAreInvalidParams) {
  EXPECT_EQ(client_.exchange(modern(1, "tools/call", call("none")))["error"]["code"], -32602);
  EXPECT_EQ(client_.exchange(modern(2, "prompts/get", call("none")))["error"]["code"], -32602);
  EXPECT_EQ(client_.exchange(modern(3, "prompts/get", call("greet")))["error"]["code"], -32602);
  EXPECT_EQ(
      client_.exchange(modern(4, "prompts/get", call("greet", {{"who", 5}})))["error"]["code"],
      -32602);
  EXPECT_EQ(client_.exchange(modern(5, "tools/list", {{"cursor", "x"}}))["error"]["code"], -32602);
  const Json error = client_.exchange(modern(6, "resources/read", {{"uri", "test://no"}}))["error"];
  EXPECT_EQ(error["code"], -32602);
  EXPECT_EQ(error["data"]["uri"], "test://no");
}

TEST_F(Modern, APromptRefusesArgumentsThatItDoesNotKnow) {
  const auto refusal = [this](const Json& arguments) {
    const Json error =
        client_.exchange(modern(1, "prompts/get", call("greet", arguments)))["error"];
    EXPECT_EQ(error["code"], -32602) << arguments;
    return error.value("message", "");
  };
  EXPECT_EQ(refusal({{"who", "you"}, {"Who", "me"}}),
            "Invalid params: argument \"Who\" is not known");
  EXPECT_EQ(refusal({{"who", "you"}, {"", "me"}}), "Invalid params: argument \"\" is not known");
  EXPECT_EQ(refusal({{"extra", 5}, {"who", "you"}}),
            "Invalid params: argument \"extra\" is not known");
  EXPECT_EQ(refusal(Json::object()), "Invalid params: argument \"who\" is missing");
  EXPECT_EQ(refusal({{"who", nullptr}}), "Invalid params: argument \"who\" is missing");
  EXPECT_EQ(refusal({{"who", "you"}, {"extra", nullptr}}),
            "Invalid params: argument \"extra\" is not known");
  for (const Json& wrong : {Json(5), Json(true), Json::array({"you"}), Json::object()}) {
    EXPECT_EQ(refusal({{"who", wrong}}), "Invalid params: argument \"who\" is no string");
  }
  EXPECT_EQ(refusal({{"who", std::string(1025, 'x')}}),
            "Invalid params: argument \"who\" is longer than 1024 bytes");
  const Json longest = call("greet", {{"who", std::string(1024, 'x')}});
  EXPECT_TRUE(client_.exchange(modern(2, "prompts/get", longest)).contains("result"));
}

TEST_F(Modern, ServesPromptsResourcesAndCompletion) {
  const Json prompt = client_.exchange(modern(1, "prompts/get", call("greet", {{"who", "you"}})));
  EXPECT_EQ(prompt["result"]["messages"][0]["content"]["text"], "you");
  const Json list = client_.exchange(modern(2, "resources/list"));
  EXPECT_EQ(list["result"]["resources"][0]["uri"], "test://a");
  const Json templates = client_.exchange(modern(3, "resources/templates/list"));
  EXPECT_EQ(templates["result"]["resourceTemplates"][0]["name"], "x");
  const Json read = client_.exchange(modern(4, "resources/read", {{"uri", "test://a"}}));
  EXPECT_EQ(read["result"]["contents"][0]["text"], "A");
  EXPECT_EQ(read["result"]["ttlMs"], 60000);
  const Json completed =
      client_.exchange(modern(5, "completion/complete",
                              {{"ref", {{"type", "ref/prompt"}, {"name", "greet"}}},
                               {"argument", {{"name", "who"}, {"value", "b"}}}}));
  EXPECT_EQ(completed["result"]["completion"]["values"].size(), 100U);
  EXPECT_EQ(completed["result"]["completion"]["total"], 150);
  EXPECT_EQ(completed["result"]["completion"]["hasMore"], true);
}

TEST_F(Modern, AsManyCompletionsAsAReplyHoldsAreAllThatThereAre) {
  server_->set([](const Json&, std::string_view, std::string_view, const Json&,
                  mcp::Context&) -> std::optional<mcp::Completions> {
    return mcp::Completions{std::vector<std::string>(100, "x")};
  });
  const Json completed =
      client_.exchange(modern(1, "completion/complete",
                              {{"ref", {{"type", "ref/prompt"}, {"name", "greet"}}},
                               {"argument", {{"name", "who"}, {"value", ""}}}}));
  EXPECT_EQ(completed["result"]["completion"]["values"].size(), 100U);
  EXPECT_EQ(completed["result"]["completion"]["hasMore"], false);
}

TEST_F(Modern, ACompleterNeedNotMakeAllThatThereAre) {
  server_->set([](const Json&, std::string_view, std::string_view, const Json&,
                  mcp::Context&) -> std::optional<mcp::Completions> {
    return mcp::Completions{std::vector<std::string>(100, "x"), 70'000};
  });
  const Json completed =
      client_.exchange(modern(1, "completion/complete",
                              {{"ref", {{"type", "ref/prompt"}, {"name", "greet"}}},
                               {"argument", {{"name", "who"}, {"value", ""}}}}));
  EXPECT_EQ(completed["result"]["completion"]["values"].size(), 100U);
  EXPECT_EQ(completed["result"]["completion"]["total"], 70'000);
  EXPECT_EQ(completed["result"]["completion"]["hasMore"], true);
}

TEST_F(Modern, AToolOrPromptReplacesTheOneOfItsName) {
  const auto definition = [](const char* name) {
    return [name] { return OrderedJson{{"name", name}, {"description", "Newer."}}; };
  };
  server_->add(mcp::Tool{"echo", definition("echo"),
                         [](const Json&, mcp::Context&) { return mcp::text_result("newer"); }});
  server_->add(mcp::Prompt{"greet", definition("greet"), [](const Json&, mcp::Context&) {
                             return OrderedJson{{"messages", OrderedJson::array()}};
                           }});
  const auto descriptions = [this](const char* method, const char* kind, const char* name) {
    std::vector<std::string> found;
    const Json reply = client_.exchange(modern(1, method));
    for (const Json& feature : reply["result"][kind]) {
      if (feature["name"] == name) {
        found.push_back(feature["description"].get<std::string>());
      }
    }
    return found;
  };
  EXPECT_THAT(descriptions("tools/list", "tools", "echo"), testing::ElementsAre("Newer."));
  EXPECT_THAT(descriptions("prompts/list", "prompts", "greet"), testing::ElementsAre("Newer."));
  const Json called = client_.exchange(modern(2, "tools/call", call("echo")));
  EXPECT_EQ(called["result"]["content"][0]["text"], "newer");
}

TEST_F(Modern, ARenderedResultHasTheMembersOfAnyOther) {
  const Json called =
      client_.exchange(modern(1, "tools/call", call("rendered", {{"a", "}}"}, {"wrong", true}})));
  EXPECT_EQ(called["id"], 1);
  EXPECT_EQ(called["result"]["content"][0],
            (Json{{"type", "text"}, {"text", "a line\nand \u2028 another"}}));
  EXPECT_EQ(called["result"]["structuredContent"], (Json{{"a", "}}"}, {"wrong", true}}));
  EXPECT_EQ(called["result"]["isError"], true);
  EXPECT_EQ(called["result"]["resultType"], "complete");
  EXPECT_EQ(called["result"]["_meta"][kServerInfo]["name"], "test");
}

TEST_F(Modern, LogsOnlyAtTheLevelThatTheRequestAsksFor) {
  EXPECT_TRUE(client_.exchange(modern(1, "tools/call", call("logs"))).contains("result"));
  Json wants = modern(2, "tools/call", call("logs"));
  wants["params"]["_meta"]["io.modelcontextprotocol/logLevel"] = "info";
  const Json message = client_.exchange(wants);
  EXPECT_EQ(message["method"], "notifications/message");
  EXPECT_EQ(message["params"],
            Json::parse(R"({"level":"warning","logger":"test","data":"coarse"})"));
  EXPECT_EQ(client_.receive()["id"], 2);
}

TEST_F(Modern, SubscriptionsGetOnlyWhatTheyAskedForTaggedWithTheirId) {
  const Json params = {{"notifications", {{"toolsListChanged", true}, {"other", 5}}}};
  const Json acknowledged = client_.exchange(modern(77, "subscriptions/listen", params));
  EXPECT_EQ(acknowledged["method"], "notifications/subscriptions/acknowledged");
  EXPECT_EQ(acknowledged["params"]["_meta"][kSubscription], 77);
  EXPECT_EQ(acknowledged["params"]["notifications"], Json::parse(R"({"toolsListChanged":true})"));

  EXPECT_TRUE(server_->remove_prompt("greet"));
  EXPECT_TRUE(client_.silent());
  EXPECT_TRUE(server_->remove_tool("fail"));
  const Json changed = client_.receive();
  EXPECT_EQ(changed["method"], "notifications/tools/list_changed");
  EXPECT_EQ(changed["params"]["_meta"][kSubscription], 77);

  client_.send(notification("notifications/cancelled", {{"requestId", 77}}));
  EXPECT_TRUE(server_->remove_tool("echo"));
  EXPECT_TRUE(client_.silent());
}

TEST_F(Modern, TheIdOfAnOpenSubscriptionIsInUse) {
  const Json params = {{"notifications", {{"toolsListChanged", true}}}};
  client_.exchange(modern(77, "subscriptions/listen", params));
  EXPECT_EQ(client_.exchange(modern(77, "tools/call", call("echo")))["error"]["code"], -32600);
  client_.send(notification("notifications/cancelled", {{"requestId", 77}}));
  EXPECT_TRUE(client_.exchange(modern(77, "tools/call", call("echo"))).contains("result"));
}

TEST_F(Modern, SubscriptionsFollowResources) {
  const Json params = {{"notifications", {{"resourceSubscriptions", {"test://a"}}}}};
  const Json acknowledged = client_.exchange(modern("s", "subscriptions/listen", params));
  EXPECT_EQ(acknowledged["params"]["notifications"]["resourceSubscriptions"][0], "test://a");
  server_->resource_updated("test://b");
  server_->resource_updated("test://a");
  const Json updated = client_.receive();
  EXPECT_EQ(updated["method"], "notifications/resources/updated");
  EXPECT_EQ(updated["params"]["uri"], "test://a");
  EXPECT_EQ(updated["params"]["_meta"][kSubscription], "s");
}

TEST_F(Modern, SubscriptionsAreAnsweredAtTheEnd) {
  client_.exchange(modern("s", "subscriptions/listen", {{"notifications", Json::object()}}));
  client_.end_input();
  const Json end = client_.receive();
  EXPECT_EQ(end["id"], "s");
  EXPECT_EQ(end["result"]["resultType"], "complete");
  EXPECT_EQ(end["result"]["_meta"][kSubscription], "s");
  EXPECT_TRUE(client_.closed());
}

TEST_F(Modern, MalformedSubscriptionsAreInvalidParams) {
  for (const char* text :
       {R"({})", R"({"notifications":[]})", R"({"notifications":{"toolsListChanged":"yes"}})",
        R"({"notifications":{"resourceSubscriptions":"test://a"}})",
        R"({"notifications":{"resourceSubscriptions":[1]}})"}) {
    const Json reply = client_.exchange(modern(1, "subscriptions/listen", Json::parse(text)));
    EXPECT_EQ(reply["error"]["code"], -32602) << text;
  }
}

TEST(ModernSubscriptions, AreBounded) {
  mcp::Options options;
  options.list_changed = true;
  options.limits.subscriptions = 2;
  const auto server = test_server::make(std::make_shared<test_server::Latch>(), options);
  McpClient client(*server);
  const auto listen = [&](int id) {
    const Json params = {{"notifications", {{"toolsListChanged", true}}}};
    return client.exchange(modern(id, "subscriptions/listen", params));
  };
  const std::string acknowledged = "notifications/subscriptions/acknowledged";
  EXPECT_EQ(listen(1)["method"], acknowledged);
  EXPECT_EQ(listen(2)["method"], acknowledged);
  EXPECT_EQ(listen(3)["error"]["code"], -32603);
  client.send(notification("notifications/cancelled", {{"requestId", 1}}));
  EXPECT_EQ(listen(4)["method"], acknowledged);
}

TEST(ModernWithoutPromises, ListensAndLogsAreUnknown) {
  const auto latch = std::make_shared<test_server::Latch>();
  const auto server = test_server::make(latch);
  McpClient client(*server);
  const Json params = {{"notifications", Json::object()}};
  EXPECT_EQ(client.exchange(modern(1, "subscriptions/listen", params))["error"]["code"], -32601);
  const Json capabilities = client.exchange(modern(2, "server/discover"))["result"]["capabilities"];
  EXPECT_EQ(capabilities,
            Json::parse(R"({"completions":{},"prompts":{},"resources":{},"tools":{}})"));
  server->remove_tool("echo");
  EXPECT_TRUE(client.silent());
}

TEST(ModernWithoutFeatures, ListsOfWhatIsNotOfferedAreUnknownMethods) {
  mcp::Server server(mcp::Options{});
  McpClient client(server);
  for (const char* method : {"tools/list", "tools/call", "prompts/list", "resources/list",
                             "resources/read", "completion/complete"}) {
    EXPECT_EQ(client.exchange(modern(1, method))["error"]["code"], -32601) << method;
  }
}

}  // namespace
}  // namespace support
