#include <gtest/gtest.h>

#include "mcp/era.h"
#include "mcp/input.h"
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
  EXPECT_EQ(check_roots(R"({"roots":[{"name":"a"}]})"), AnswerCheck::wrong);
  EXPECT_EQ(check_roots(R"({"roots":["file:///a"]})"), AnswerCheck::wrong);
  EXPECT_EQ(check_roots(R"({})"), AnswerCheck::wrong);
}

TEST(Era, FormsNeedARevisionThatHasThem) {
  const auto capabilities = std::make_shared<const Json>(Json::parse(R"({"elicitation":{}})"));
  for (const auto version : {mcp::kVersion2025November, mcp::kVersion2025June}) {
    EXPECT_TRUE(mcp::legacy_info(version, capabilities, {}).can_ask("elicitation/create"));
  }
  for (const auto version : {mcp::kVersion2025March, mcp::kVersion2024}) {
    EXPECT_FALSE(mcp::legacy_info(version, capabilities, {}).can_ask("elicitation/create"));
  }
}

TEST(Era, MethodsThatNobodyKnowsCannotBeAsked) {
  const auto capabilities = std::make_shared<const Json>(Json::parse(R"({"":{},"x":{}})"));
  const auto info = mcp::legacy_info(mcp::kVersion2025November, capabilities, {});
  EXPECT_FALSE(info.can_ask("x"));
}

}  // namespace
