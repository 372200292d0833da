#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mcp/answer_check.h"
#include "mcp/protocol.h"

namespace {

using mcp::AnswerCheck;

AnswerCheck check(std::string method, const char* params, const char* answer) {
  return mcp::check_answer({"key", std::move(method), OrderedJson::parse(params)},
                           Json::parse(answer));
}

constexpr const char* kForm = R"({"message":"m","requestedSchema":{"type":"object",
  "properties":{"name":{"type":"string"},"age":{"type":"integer"},"tags":{"type":"array"},
                "ok":{"type":"boolean"},"score":{"type":"number"}},"required":["name"]}})";

AnswerCheck check_form(const char* answer) {
  return check("elicitation/create", kForm, answer);
}

TEST(Input, FormsAreCheckedAgainstTheirSchema) {
  EXPECT_EQ(check_form(R"({"action":"accept","content":{"name":"Ann"}})"), AnswerCheck::good);
  EXPECT_EQ(check_form(R"({"action":"accept","content":{"name":"A","age":3,"tags":["x"],
                          "ok":true,"score":1.5,"other":null}})"),
            AnswerCheck::good);
  EXPECT_EQ(check_form(R"({"action":"accept","content":{"name":"A","age":3.0}})"),
            AnswerCheck::good);
  EXPECT_EQ(check_form(R"({"action":"accept","content":{"age":3}})"), AnswerCheck::incomplete);
  for (const char* content :
       {R"({"name":5})", R"({"name":"A","age":3.5})", R"({"name":"A","age":"3"})",
        R"({"name":"A","tags":"x"})", R"({"name":"A","ok":1})", R"({"name":"A","score":"1"})"}) {
    const std::string answer = std::string(R"({"action":"accept","content":)") + content + "}";
    EXPECT_EQ(check_form(answer.c_str()), AnswerCheck::wrong) << content;
  }
}

TEST(Input, RefusingAFormNeedsNoContent) {
  EXPECT_EQ(check_form(R"({"action":"decline"})"), AnswerCheck::good);
  EXPECT_EQ(check_form(R"({"action":"cancel"})"), AnswerCheck::good);
  EXPECT_EQ(check_form(R"({"action":"accept"})"), AnswerCheck::wrong);
  EXPECT_EQ(check_form(R"({"action":"later"})"), AnswerCheck::wrong);
  EXPECT_EQ(check_form(R"({})"), AnswerCheck::wrong);
  EXPECT_EQ(check_form("12345"), AnswerCheck::wrong);
}

TEST(Input, SampledMessagesHaveRoleContentAndModel) {
  const auto check_sampled = [](const char* answer) {
    return check("sampling/createMessage", "{}", answer);
  };
  EXPECT_EQ(check_sampled(R"({"role":"assistant","content":{"type":"text"},"model":"m"})"),
            AnswerCheck::good);
  EXPECT_EQ(check_sampled(R"({"role":"assistant","content":[],"model":"m"})"), AnswerCheck::good);
  EXPECT_EQ(check_sampled(R"({"role":"assistant","content":"x","model":"m"})"), AnswerCheck::wrong);
  EXPECT_EQ(check_sampled(R"({"content":{},"model":"m"})"), AnswerCheck::wrong);
}

TEST(Input, RootsHaveUris) {
  const auto check_roots = [](const char* answer) { return check("roots/list", "{}", answer); };
  EXPECT_EQ(check_roots(R"({"roots":[]})"), AnswerCheck::good);
  EXPECT_EQ(check_roots(R"({"roots":[{"uri":"file:///a","name":"a"}]})"), AnswerCheck::good);
  EXPECT_EQ(check_roots(R"({"roots":{"uri":"file:///a"}})"), AnswerCheck::wrong);
  EXPECT_EQ(check_roots(R"({})"), AnswerCheck::wrong);
}

TEST(Input, ARootThatIsNoneLeavesTheOthers) {
  const Json answer = Json::parse(
      R"({"roots":[{"name":"a"},5,null,{"uri":7},{"uri":null},[],"/b",{"uri":"file:///c"},{"uri":""}]})");
  EXPECT_EQ(mcp::check_answer({"key", "roots/list", OrderedJson::object()}, answer),
            AnswerCheck::good);
  std::vector<std::string> uris;
  std::vector<std::string> others;
  for (const mcp::Root& root : mcp::roots_in(answer)) {
    (root ? uris : others).push_back(root ? *root : root.error());
  }
  EXPECT_EQ(uris, (std::vector<std::string>{"/b", "file:///c", ""}));
  EXPECT_EQ(others, (std::vector<std::string>{"an object without `uri`", "5", "null",
                                              "an object whose `uri` is 7",
                                              "an object whose `uri` is null", "an array"}));
}

bool can_ask(std::string_view version, const char* capabilities, std::string_view method) {
  mcp::RequestInfo info;
  info.version = version;
  info.capabilities = std::make_shared<const Json>(Json::parse(capabilities));
  return info.can_ask(method);
}

TEST(Era, FormsNeedARevisionThatHasThem) {
  const char* const forms = R"({"elicitation":{}})";
  EXPECT_TRUE(can_ask(mcp::kModernVersion, forms, "elicitation/create"));
  EXPECT_TRUE(can_ask("2025-11-25", forms, "elicitation/create"));
  EXPECT_TRUE(can_ask("2025-06-18", forms, "elicitation/create"));
  EXPECT_FALSE(can_ask("2025-03-26", forms, "elicitation/create"));
  EXPECT_FALSE(can_ask("2024-11-05", forms, "elicitation/create"));
}

TEST(Era, MethodsThatNobodyKnowsCannotBeAsked) {
  EXPECT_FALSE(can_ask("2025-11-25", R"({"":{},"x":{}})", "x"));
}

}  // namespace
