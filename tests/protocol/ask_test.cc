// Handlers that ask the client: repeated requests in the modern era, requests of the server in the
// older one.
#include <chrono>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/protocol/protocol_test.h"

namespace support {
namespace {

const Json can_ask = {{"elicitation", Json::object()}};  // NOLINT(cert-err58-cpp): a constant

Json accept(const Json& content) {
  return {{"action", "accept"}, {"content", content}};
}

class Ask : public ProtocolTest {
 protected:
  // Calls `tool` with answers to earlier questions, from a client that shows forms.
  Json call_again(const char* tool, const Json& answers, const Json& state = nullptr,
                  const Json& arguments = Json::object()) {
    Json params = call(tool, arguments);
    if (!answers.is_null()) {
      params["inputResponses"] = answers;
    }
    if (!state.is_null()) {
      params["requestState"] = state;
    }
    return client_.exchange(modern(++id_, "tools/call", params, can_ask));
  }
  Json start_session(const Json& capabilities) {
    client_.initialize("2025-11-25", capabilities);
    return client_.exchange(request("f", "tools/call", call("form")));
  }

  int id_ = 0;
};

const Json with_roots = {{"roots", Json::object()},  // NOLINT(cert-err58-cpp): a constant
                         {"elicitation", Json::object()}};

TEST_F(Ask, AModernClientIsAskedForItsRootsByTheResult) {
  Json params = call("roots");
  const Json asked = client_.exchange(modern(1, "tools/call", params, with_roots))["result"];
  EXPECT_EQ(asked["resultType"], "input_required");
  EXPECT_EQ(asked["inputRequests"],
            Json::parse(R"({"roots":{"method":"roots/list","params":{}}})"));
  params["inputResponses"] = {{"roots", {{"roots", {{{"uri", "file:///a"}}}}}}};
  EXPECT_EQ(
      client_.exchange(modern(2, "tools/call", params, with_roots))["result"]["content"][0]["text"],
      "file:///a;");
  params["inputResponses"] = {{"roots", {{"roots", {{{"name", "a"}}, {{"uri", "file:///b"}}}}}}};
  EXPECT_EQ(
      client_.exchange(modern(5, "tools/call", params, with_roots))["result"]["content"][0]["text"],
      "(an object without `uri`);file:///b;");
  params["inputResponses"] = {{"roots", {{"roots", "file:///a"}}}};
  EXPECT_EQ(
      client_.exchange(modern(3, "tools/call", params, with_roots))["result"]["content"][0]["text"],
      "the client did not answer `roots/list`");
  EXPECT_EQ(
      client_.exchange(modern(4, "tools/call", params, can_ask))["result"]["content"][0]["text"],
      "the client offers no roots");
}

TEST_F(Ask, RootsAreKeptInTheStateOfALaterQuestion) {
  Json params = call("roots_and_form");
  params["inputResponses"] = {{"roots", {{"roots", {{{"uri", "file:///a"}}}}}}};
  const Json asked = client_.exchange(modern(1, "tools/call", params, with_roots))["result"];
  ASSERT_TRUE(asked["inputRequests"].contains("one")) << asked;
  params["requestState"] = asked["requestState"];
  // What the client says now is another answer than the one that the question was about.
  params["inputResponses"] = {{"roots", {{"roots", {{{"uri", "file:///b"}}}}}},
                              {"one", accept({{"a", "yes"}})}};
  const Json done = client_.exchange(modern(2, "tools/call", params, with_roots))["result"];
  EXPECT_EQ(done["content"][0]["text"], "file:///a yes") << done;
}

TEST_F(Ask, NullArgumentsAreThoseOfTheSameRequest) {
  Json params = call("bound");
  params["arguments"] = nullptr;
  const Json asked = client_.exchange(modern(1, "tools/call", params, can_ask))["result"];
  ASSERT_TRUE(asked.contains("requestState")) << asked;
  params.erase("arguments");
  params["requestState"] = asked["requestState"];
  params["inputResponses"] = {{"one", accept({{"a", "yes"}})}};
  const Json next = client_.exchange(modern(2, "tools/call", params, can_ask))["result"];
  EXPECT_TRUE(next["inputRequests"].contains("two")) << next;
}

TEST_F(Ask, AModernRequestIsRepeatedWithTheAnswer) {
  const Json asked = call_again("form", nullptr)["result"];
  EXPECT_EQ(asked["resultType"], "input_required");
  EXPECT_EQ(asked["inputRequests"]["who"]["method"], "elicitation/create");
  EXPECT_EQ(asked["inputRequests"]["who"]["params"]["message"], "Say name");
  EXPECT_FALSE(asked["inputRequests"]["who"].contains("id"));
  EXPECT_FALSE(asked.contains("requestState"));
  EXPECT_FALSE(asked.contains("ttlMs"));
  const Json done = call_again("form", {{"who", accept({{"name", "Ann"}})}, {"other", 1}});
  EXPECT_EQ(done["result"]["resultType"], "complete");
  EXPECT_EQ(done["result"]["content"][0]["text"], "hello Ann");
}

TEST_F(Ask, DecliningIsAnAnswer) {
  const Json done = call_again("form", {{"who", {{"action", "decline"}}}});
  EXPECT_EQ(done["result"]["content"][0]["text"], "hello none");
}

TEST_F(Ask, MissingAndIncompleteAnswersAreAskedForAgain) {
  EXPECT_EQ(call_again("form", {{"wrong", 1}})["result"]["resultType"], "input_required");
  EXPECT_EQ(call_again("form", {{"who", accept(Json::object())}})["result"]["resultType"],
            "input_required");
}

TEST_F(Ask, AnswersOfTheWrongShapeAreInvalidParams) {
  EXPECT_EQ(call_again("form", {{"who", 12345}})["error"]["code"], -32602);
  EXPECT_EQ(call_again("form", {{"who", {{"action", "maybe"}}}})["error"]["code"], -32602);
  EXPECT_EQ(call_again("form", {{"who", {{"action", "accept"}}}})["error"]["code"], -32602);
  EXPECT_EQ(call_again("form", {{"who", accept({{"name", 5}})}})["error"]["code"], -32602);
  EXPECT_EQ(call_again("form", 5)["error"]["code"], -32602);
  Json null_answers = modern(99, "tools/call", call("form"), can_ask);
  null_answers["params"]["inputResponses"] = nullptr;
  EXPECT_EQ(client_.exchange(null_answers)["error"]["code"], -32602);
}

TEST_F(Ask, EarlierAnswersTravelUnderASeal) {
  const Json first = call_again("two_forms", nullptr)["result"];
  EXPECT_TRUE(first["inputRequests"].contains("one"));
  const Json second =
      call_again("two_forms", {{"one", accept({{"a", "x"}})}}, first["requestState"])["result"];
  EXPECT_TRUE(second["inputRequests"].contains("two"));
  EXPECT_FALSE(second["inputRequests"].contains("one"));
  EXPECT_NE(second["requestState"], first["requestState"]);
  const Json third =
      call_again("two_forms", {{"two", accept({{"b", "y"}})}}, second["requestState"])["result"];
  EXPECT_EQ(third["content"][0]["text"], "xy");
}

TEST_F(Ask, AnAnswerUnderTheSealIsNotChangedAfterwards) {
  const Json first = call_again("two_forms", nullptr)["result"];
  const Json second =
      call_again("two_forms", {{"one", accept({{"a", "x"}})}}, first["requestState"])["result"];
  const Json changed = {{"one", accept({{"a", "z"}})}, {"two", accept({{"b", "y"}})}};
  const Json third = call_again("two_forms", changed, second["requestState"])["result"];
  EXPECT_EQ(third["content"][0]["text"], "xy");
}

TEST_F(Ask, TheFirstAnswerIsThereInTheThirdRound) {
  server_->add(mcp::Tool{
      "three_forms",
      [] {
        return OrderedJson{{"name", "three_forms"}};
      },
      [](const Json&, mcp::Context& context) {
        std::string said;
        for (const char* key : {"one", "two", "three"}) {
          const OrderedJson params = {{"message", key}, {"requestedSchema", {{"type", "object"}}}};
          const auto answers =
              context.ask({{key, "elicitation/create", params}}, mcp::AnswerTrust::asked);
          said += answers[0]["content"].value("a", "-");
        }
        return mcp::text_result(said);
      }});
  Json result = call_again("three_forms", nullptr)["result"];
  for (const char* key : {"one", "two", "three"}) {
    ASSERT_TRUE(result["inputRequests"].contains(key)) << result;
    EXPECT_EQ(result["inputRequests"].size(), 1U);
    const Json answer = {{key, accept({{"a", std::string(1, key[0])}})}};
    result = call_again("three_forms", answer, result["requestState"])["result"];
  }
  EXPECT_EQ(result["content"][0]["text"], "ott");
}

TEST_F(Ask, AnswersNobodyAskedForDoNotCountWhereProofIsNeeded) {
  const Json early = call_again("two_forms", {{"one", accept({{"a", "x"}})}})["result"];
  EXPECT_TRUE(early["inputRequests"].contains("one"));
}

// Also not where the client has a state, of another question of the same request.
TEST_F(Ask, AnAnswerIsToTheQuestionThatWasAsked) {
  const Json first = call_again("two_forms", nullptr)["result"];
  ASSERT_TRUE(first["inputRequests"].contains("one")) << first;
  const Json both = {{"one", accept({{"a", "x"}})}, {"two", accept({{"b", "y"}})}};
  const Json second = call_again("two_forms", both, first["requestState"])["result"];
  EXPECT_EQ(second["inputRequests"].size(), 1U);
  ASSERT_TRUE(second["inputRequests"].contains("two")) << second;
  const Json third =
      call_again("two_forms", {{"two", accept({{"b", "y"}})}}, second["requestState"])["result"];
  EXPECT_FALSE(third.contains("inputRequests")) << third;
}

TEST_F(Ask, AStateThatIsNotOursForThisRequestIsRefused) {
  const Json state = call_again("two_forms", nullptr)["result"]["requestState"];
  const Json answer = {{"one", accept({{"a", "x"}})}};
  const auto text = state.get<std::string>();
  EXPECT_EQ(call_again("two_forms", answer, text + "-TAMPERED")["error"]["code"], -32602);
  EXPECT_EQ(call_again("two_forms", answer, "A" + text)["error"]["code"], -32602);
  EXPECT_EQ(call_again("two_forms", answer, text.substr(0, text.size() - 1))["error"]["code"],
            -32602);
  EXPECT_EQ(call_again("two_forms", answer, "")["error"]["code"], -32602);
  EXPECT_EQ(call_again("two_forms", answer, ".")["error"]["code"], -32602);
  EXPECT_EQ(call_again("two_forms", answer, 5)["error"]["code"], -32602);
  EXPECT_EQ(call_again("form", answer, state)["error"]["code"], -32602);
  EXPECT_EQ(call_again("two_forms", answer, state, {{"x", 1}})["error"]["code"], -32602);
}

TEST_F(Ask, AStateCountsOnce) {
  const Json first = call_again("two_forms", nullptr)["result"]["requestState"];
  const Json one = {{"one", accept({{"a", "x"}})}};
  const Json second = call_again("two_forms", one, first)["result"]["requestState"];
  ASSERT_TRUE(second.is_string());
  EXPECT_EQ(call_again("two_forms", one, first)["error"]["message"],
            "Invalid params: `requestState` has been used already. Make the request again without "
            "it");
  const Json two = {{"two", accept({{"b", "y"}})}};
  EXPECT_EQ(call_again("two_forms", two, second)["result"]["content"][0]["text"], "xy");
  const Json again = call_again("two_forms", two, second)["error"];
  EXPECT_EQ(again["code"], -32602);
  EXPECT_EQ(call_again("two_forms", {{"two", {{"action", "decline"}}}}, second)["error"]["code"],
            -32602);
}

TEST_F(Ask, AnAnswerThatIsNoYesUsesTheStateToo) {
  for (const char* action : {"decline", "cancel"}) {
    const Json state = call_again("two_forms", nullptr)["result"]["requestState"];
    EXPECT_EQ(
        call_again("two_forms", {{"one", {{"action", action}}}}, state)["result"]["resultType"],
        "input_required");
    EXPECT_EQ(call_again("two_forms", {{"one", accept({{"a", "x"}})}}, state)["error"]["code"],
              -32602);
  }
}

TEST_F(Ask, AStateIsBoundToWhatTheQuestionIsAbout) {
  const Json one = {{"one", accept({{"a", "x"}})}};
  const Json two = {{"two", accept({{"b", "y"}})}};
  Json state = call_again("bound", nullptr)["result"]["requestState"];
  EXPECT_EQ(state.get<std::string>().find("topic"), std::string::npos);
  state = call_again("bound", one, state)["result"]["requestState"];
  EXPECT_EQ(call_again("bound", two, state)["result"]["content"][0]["text"], "topic: xy");

  state = call_again("bound", nullptr)["result"]["requestState"];
  gate_->set_topic("another");
  EXPECT_EQ(call_again("bound", one, state)["error"]["code"], -32602);
  state = call_again("bound", nullptr)["result"]["requestState"];
  state = call_again("bound", one, state)["result"]["requestState"];
  gate_->set_topic("topic");
  const Json error = call_again("bound", two, state)["error"];
  EXPECT_EQ(error["code"], -32602);
  EXPECT_NE(error["message"].get<std::string>().find("has changed since"), std::string::npos);
}

TEST(AskElsewhere, AStateThatAnotherProcessHasUsedIsRefused) {
  std::set<std::string> used;
  mcp::Options options;
  options.request_state_key = [] { return std::string("secret"); };
  options.spend_state = [&](const std::string& id, std::chrono::system_clock::time_point) {
    return used.insert(id).second;
  };
  const auto latch = std::make_shared<test_server::Latch>();
  const auto server = test_server::make(latch, options);
  const auto other = test_server::make(latch, options);
  McpClient client(*server);
  McpClient others_client(*other);
  Json params = call("two_forms");
  params["requestState"] =
      client.exchange(modern(1, "tools/call", params, can_ask))["result"]["requestState"];
  params["inputResponses"] = {{"one", accept({{"a", "x"}})}};
  const Json again = modern(2, "tools/call", params, can_ask);
  EXPECT_EQ(others_client.exchange(again)["result"]["resultType"], "input_required");
  EXPECT_EQ(client.exchange(again)["error"]["code"], -32602);
}

TEST_F(Ask, AnUndeclaredCapabilityIsNamed) {
  for (const char* capabilities :
       {"{}", R"({"sampling":{}})", R"({"elicitation":{"url":{}}})", R"({"elicitation":true})"}) {
    const Json error =
        client_.exchange(modern(1, "tools/call", call("form"), Json::parse(capabilities)))["error"];
    EXPECT_EQ(error["code"], -32021) << capabilities;
    EXPECT_EQ(error["data"]["requiredCapabilities"], Json::parse(R"({"elicitation":{}})"));
  }
}

TEST_F(Ask, ALegacyClientIsSentARequest) {
  const Json question = start_session(can_ask);
  EXPECT_EQ(question["method"], "elicitation/create");
  EXPECT_EQ(question["params"]["message"], "Say name");
  EXPECT_EQ(client_.exchange(request("p", "ping"))["id"], "p");
  const Json done = client_.exchange(
      {{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", accept({{"name", "Ann"}})}});
  EXPECT_EQ(done["id"], "f");
  EXPECT_EQ(done["result"]["content"][0]["text"], "hello Ann");
}

TEST_F(Ask, ALegacyClientsFailureIsTheTools) {
  const Json question = start_session(can_ask);
  const Json done = client_.exchange({{"jsonrpc", "2.0"},
                                      {"id", question["id"]},
                                      {"error", {{"code", -1}, {"message", "no user"}}}});
  EXPECT_EQ(done["result"]["isError"], true);
  EXPECT_EQ(done["result"]["content"][0]["text"],
            "The client answered elicitation/create with an error: no user");
}

TEST_F(Ask, AHandlerCanGoOnWithoutALegacyClientsAnswer) {
  server_->add(mcp::Tool{
      "either",
      [] {
        return OrderedJson{{"name", "either"}};
      },
      [](const Json&, mcp::Context& context) {
        try {
          context.ask({{"roots", "roots/list", OrderedJson::object()}}, mcp::AnswerTrust::none);
        } catch (const mcp::NotAnswered& problem) {
          return mcp::text_result(problem.what());
        }
        return mcp::text_result("answered");
      }});
  client_.initialize("2025-11-25");
  EXPECT_EQ(client_.exchange(request(1, "tools/call", call("either")))["result"],
            Json::parse(R"({"content":[{"type":"text","text":
                "The client does not declare the capability that this needs: roots"}]})"));
}

TEST_F(Ask, ALegacyClientsWrongAnswerIsTheToolsFailure) {
  const Json question = start_session(can_ask);
  const Json done = client_.exchange({{"jsonrpc", "2.0"}, {"id", question["id"]}, {"result", 5}});
  EXPECT_EQ(done["result"]["isError"], true);
}

TEST_F(Ask, ALegacyClientThatCannotAnswerMakesTheToolFail) {
  EXPECT_EQ(start_session(Json::object())["result"]["isError"], true);
}

TEST_F(Ask, CancellingWithdrawsTheQuestion) {
  const Json question = start_session(can_ask);
  client_.send(notification("notifications/cancelled", {{"requestId", "f"}}));
  const Json withdrawn = client_.receive();
  EXPECT_EQ(withdrawn["method"], "notifications/cancelled");
  EXPECT_EQ(withdrawn["params"]["requestId"], question["id"]);
  client_.end_input();
  EXPECT_TRUE(client_.wait_until_closed());
  EXPECT_TRUE(client_.silent());
}

TEST_F(Ask, AtTheEndOfInputNoAnswerCanCome) {
  start_session(can_ask);
  client_.end_input();
  EXPECT_EQ(client_.receive()["result"]["isError"], true);
  EXPECT_TRUE(client_.wait_until_closed());
}

}  // namespace
}  // namespace support
