// What is no message: always answered with a valid error or ignored, and the server goes on.
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocol/protocol_test.h"

namespace support {
namespace {

using namespace std::string_literals;

class Malformed : public ProtocolTest {
 protected:
  Json reply_to(const std::string& line) {
    client_.send_line(line);
    return client_.receive();
  }
};

TEST_F(Malformed, TextThatIsNoJsonIsAParseErrorWithoutId) {
  for (const std::string& line :
       {"{"s, "hello"s, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"} x"s,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"pi\xff\"}"s,
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\\ud800\"}"s, "{\"id\":1e999}"s,
        "{\"jsonrpc\":\"2.0\",\0\"id\":1}"s}) {
    const Json reply = reply_to(line);
    EXPECT_EQ(reply["error"]["code"], -32700) << line;
    EXPECT_FALSE(reply.contains("id")) << line;
  }
  EXPECT_EQ(client_.exchange(request(1, "ping"))["result"], Json::object());
}

TEST_F(Malformed, ValuesThatAreNoMessagesAreInvalidRequests) {
  for (const std::string line :
       {"5", "null", "\"x\"", "[]", "[1]", "{}", R"({"jsonrpc":"2.0"})",
        R"({"jsonrpc":"2.0","id":null,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":1.5,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":[1],"method":"ping"})",
        R"({"jsonrpc":"2.0","id":true,"method":"ping"})",
        R"({"jsonrpc":"2.0","id":18446744073709551615,"method":"ping"})"}) {
    const Json reply = reply_to(line);
    EXPECT_EQ(reply["error"]["code"], -32600) << line;
    EXPECT_FALSE(reply.contains("id")) << line;
  }
}

TEST_F(Malformed, AReadableIdIsEchoed) {
  for (const std::string line :
       {R"({"jsonrpc":"1.0","id":"a","method":"ping"})", R"({"id":"a","method":"ping"})",
        R"({"jsonrpc":"2.0","id":"a","method":5})", R"({"jsonrpc":"2.0","id":"a"})",
        R"({"jsonrpc":"2.0","id":"a","method":"ping","params":[]})"}) {
    const Json reply = reply_to(line);
    EXPECT_EQ(reply["error"]["code"], -32600) << line;
    EXPECT_EQ(reply["id"], "a") << line;
  }
}

TEST_F(Malformed, IdsKeepTheirJsonType) {
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":"1","method":"ping"})")["id"], Json("1"));
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":1,"method":"ping"})")["id"], Json(1));
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":0,"method":"ping"})")["id"], Json(0));
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":-7,"method":"ping"})")["id"], Json(-7));
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":9223372036854775807,"method":"ping"})")["id"],
            Json(INT64_MAX));
  EXPECT_EQ(reply_to(R"({"jsonrpc":"2.0","id":"","method":"ping"})")["id"], Json(""));
}

TEST_F(Malformed, UnknownMethodsWithOddNamesAreOnlyUnknown) {
  for (const std::string method : {"", "\\u0000", "tools/", "tools/list\\u0000", "\\u2028"}) {
    Json message = modern(1, "x");
    const std::string line = R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" +
                             message["params"].dump() + "}";
    EXPECT_EQ(reply_to(line)["error"]["code"], -32601) << method;
  }
}

TEST_F(Malformed, DuplicateMembersDoNoHarm) {
  const Json reply = reply_to(R"({"jsonrpc":"2.0","id":1,"id":2,"method":"x","method":"ping"})");
  EXPECT_EQ(reply, Json::parse(R"({"jsonrpc":"2.0","id":2,"result":{}})"));
}

TEST_F(Malformed, DeepNestingIsRefusedBeforeItIsParsed) {
  const std::string deep(100000, '[');
  EXPECT_EQ(
      reply_to(R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":)" + deep)["error"]["code"],
      -32600);
}

TEST_F(Malformed, OverlongLinesAreAnsweredOnce) {
  client_.send_overlong_line();
  const Json reply = client_.receive();
  EXPECT_EQ(reply["error"]["code"], -32600);
  EXPECT_TRUE(client_.silent());
}

TEST_F(Malformed, BlankLinesNotificationsAndStrayAnswersAreIgnored) {
  for (const char* line :
       {"", "\r", "  ", R"({"jsonrpc":"2.0","method":"unknown"})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled"})",
        R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":[1]})",
        R"({"jsonrpc":"2.0","id":5,"result":{}})", R"({"jsonrpc":"2.0","id":"x","error":7})",
        R"({"jsonrpc":"2.0","error":{"code":-32600,"message":"m"}})",
        R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"m"}})"}) {
    client_.send_line(line);
    EXPECT_TRUE(client_.silent()) << line;
  }
}

TEST_F(Malformed, ErrorsDoNotRepeatLongNames) {
  const std::string name(100000, 'x');
  for (const Json& message : {modern(1, name), modern(1, "tools/call", call(name)),
                              modern(1, "prompts/get", call(name))}) {
    const auto text = client_.exchange(message)["error"]["message"].get<std::string>();
    EXPECT_LT(text.size(), 200U) << text;
  }
}

TEST_F(Malformed, CarriageReturnsAndAByteOrderMarkAreTolerated) {
  EXPECT_EQ(reply_to("\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r")["id"], 1);
}

TEST_F(Malformed, ParamsOfAWrongTypeAreInvalidParams) {
  for (const char* text : {R"({"name":5})", R"({})", R"({"name":"echo","arguments":[]})",
                           R"({"name":"echo","arguments":"x"})"}) {
    const Json reply = client_.exchange(modern(1, "tools/call", Json::parse(text)));
    EXPECT_EQ(reply["error"]["code"], -32602) << text;
  }
  EXPECT_EQ(client_.exchange(modern(2, "resources/read"))["error"]["code"], -32602);
  EXPECT_EQ(client_.exchange(modern(3, "completion/complete"))["error"]["code"], -32602);
}

TEST_F(Malformed, InvalidUtf8InAResultIsReplaced) {
  mcp::Tool tool{"bytes",
                 [] {
                   return OrderedJson{{"name", "bytes"}};
                 },
                 [](const Json&, mcp::Context&) {
                   return mcp::text_result(
                       "a\xff"
                       "b");
                 }};
  server_->add(std::move(tool));
  const Json reply = client_.exchange(modern(1, "tools/call", call("bytes")));
  EXPECT_EQ(reply["result"]["content"][0]["text"],
            "a\xef\xbf\xbd"
            "b");
}

// A client that does not read standard error would otherwise hold the server up with its own noise.
TEST(MalformedLog, NoiseIsLoggedForDebuggingOnly) {
  std::vector<mcp::LogLevel> levels;
  mcp::Options options;
  options.log = [&](mcp::LogLevel level, std::string_view) { levels.push_back(level); };
  const auto server = test_server::make(std::make_shared<test_server::Latch>(), options);
  McpClient client(*server);
  for (const char* line : {"{", "5", "[]", R"({"jsonrpc":"1.0"})"}) {
    client.send_line(line);
    EXPECT_EQ(client.receive()["jsonrpc"], "2.0");
  }
  client.send_overlong_line();
  EXPECT_THAT(levels, testing::Not(testing::IsEmpty()));
  EXPECT_THAT(levels, testing::Each(mcp::LogLevel::debug));
}

}  // namespace
}  // namespace support
