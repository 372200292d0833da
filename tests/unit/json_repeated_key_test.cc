#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "json/parse.h"

namespace {

std::optional<json::RepeatedKey> repeated_key(const std::string& text) {
  const auto error = json::check_unique(text);
  return error ? error->repeated_key : std::nullopt;
}

void expect_repeated(const std::string& text, const std::string& pointer, std::size_t offset) {
  ASSERT_TRUE(json::parse(text)) << text;
  const auto found = repeated_key(text);
  ASSERT_TRUE(found) << text;
  EXPECT_EQ(found->pointer, pointer) << text;
  EXPECT_EQ(found->offset, offset) << text;
}

TEST(JsonRepeatedKey, IsFoundAtAnyDepth) {
  expect_repeated(R"({"a": 1, "a": 2})", "/a", 9);
  expect_repeated(R"({"x": {"a": 1, "b": 0, "a": 1}})", "/x/a", 23);
  expect_repeated(R"([1, {"b": [{}, {"c": {}, "c": []}]}])", "/1/b/1/c", 25);
  expect_repeated(R"({"a/b~": {"": 1, "": 2}})", "/a~1b~0/", 17);
  expect_repeated("\xEF\xBB\xBF{\"a\":1,\"a\":2}", "/a", 10);
}

TEST(JsonRepeatedKey, IsComparedAsItIsMeant) {
  expect_repeated(R"({"readOnly": true, "read\u004fnly": false})", "/readOnly", 19);
  expect_repeated(R"({"read\u004fnly": true, "readOnly": false})", "/readOnly", 24);
  expect_repeated(R"({"a\/b": 1, "a/b": 2})", "/a~1b", 12);
  expect_repeated(R"({"\"": 1, "\u0022": 2})", "/\"", 10);
  EXPECT_FALSE(repeated_key(R"({"a": 1, "A": 2, "a ": 3, "\\u0061": 4})"));
}

TEST(JsonRepeatedKey, IsNoValueAndNotTheKeyOfAnotherObject) {
  EXPECT_FALSE(repeated_key(R"({"a": "a", "b": ["a", "a", {"a": 1}], "c": {"a": {"a": "a"}}})"));
  EXPECT_FALSE(repeated_key(R"([{"a": 1}, {"a": 1}, "a", ["a"]])"));
  EXPECT_FALSE(repeated_key(R"({"a": "\"a\": 1, {\"a\"", "b\\": 1, "c": "a"})"));
  for (const char* const text : {"", "\"a\"", "1", "{}", "[]"}) {
    EXPECT_FALSE(repeated_key(text)) << text;
  }
}

TEST(JsonRepeatedKey, IsAnErrorWhereNamesHaveToBeUnique) {
  const auto refused = json::parse_unique(R"({"a": 1, "a": 2})");
  ASSERT_FALSE(refused);
  ASSERT_TRUE(refused.error().repeated_key);
  EXPECT_EQ(refused.error().repeated_key->pointer, "/a");
  EXPECT_EQ(refused.error().offset, 9U);
  EXPECT_EQ(*json::parse_unique(R"({"a": [1, {"a": 2}]})"), Json::parse(R"({"a": [1, {"a": 2}]})"));
}

TEST(JsonRepeatedKey, IsNotWhatIsWrongWithATextThatIsNoJson) {
  const auto error = json::check_unique(R"({"a": 1, "a": 2, "b"})");
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->repeated_key);
  EXPECT_EQ(error->offset, 20U);
}

TEST(JsonRepeatedKey, IsFoundAmongManyInTimeThatGrowsWithTheText) {
  constexpr int kMany = 200'000;
  std::string text = "{";
  for (int i = 0; i < kMany; ++i) {
    text += "\"service-" + std::to_string(i) + "\": {\"a\": 1, \"b\": {}},";
  }
  EXPECT_FALSE(repeated_key(text + "\"last\": 0}"));
  const std::size_t offset = text.size();
  expect_repeated(text + "\"service-7\": 0}", "/service-7", offset);
}

}  // namespace
