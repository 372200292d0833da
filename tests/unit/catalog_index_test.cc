// Where the entries of a catalog stand in its text.
#include "engine/config/catalog_index.h"

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "json/json.h"

namespace {

using engine::MemberIndex;
using engine::string_member;
using engine::whole_value;
using Names = std::vector<std::string>;

MemberIndex index_of(std::string_view text) {
  return {text, whole_value(text)};
}

std::string value_of(std::string_view text, std::string_view name) {
  const MemberIndex members = index_of(text);
  const auto found = members.find(name);
  return found ? std::string(members.value(*found).in(text)) : "none";
}

TEST(MemberIndex, HasTheMembersInOrderWithTheirValues) {
  constexpr std::string_view kText =
      "\xEF\xBB\xBF {\"b\" : {\"x\": \"}\\\"]\", \"y\": [1, {}]} ,\n\t\"a\":[[],\"{\"], \"c\": "
      "-1.5e3, "
      "\"d\":null,\"e\":\"\\\\\", \"f\" : true } \n";
  EXPECT_EQ(index_of(kText).names(), (Names{"b", "a", "c", "d", "e", "f"}));
  EXPECT_EQ(value_of(kText, "b"), "{\"x\": \"}\\\"]\", \"y\": [1, {}]}");
  EXPECT_EQ(value_of(kText, "a"), "[[],\"{\"]");
  EXPECT_EQ(value_of(kText, "c"), "-1.5e3");
  EXPECT_EQ(value_of(kText, "d"), "null");
  EXPECT_EQ(value_of(kText, "e"), "\"\\\\\"");
  EXPECT_EQ(value_of(kText, "f"), "true");
  EXPECT_EQ(value_of(kText, "x"), "none");
}

TEST(MemberIndex, OfANameThatIsThereTwiceTheFirstPlaceAndTheLastValueCount) {
  constexpr std::string_view kText = R"({"b":1,"a":2,"b":3,"c":4,"\u0062":5,"a":6})";
  EXPECT_EQ(index_of(kText).names(), (Names{"b", "a", "c"}));
  EXPECT_EQ(value_of(kText, "b"), "5");
  EXPECT_EQ(value_of(kText, "a"), "6");
  EXPECT_EQ(value_of(kText, "c"), "4");
}

TEST(MemberIndex, ThePartOfANameIsNotFound) {
  constexpr std::string_view kText = R"({"papi-admin":1,"web":2})";
  EXPECT_EQ(value_of(kText, "papi"), "none");
  EXPECT_EQ(value_of(kText, ""), "none");
  EXPECT_EQ(value_of(kText, "papi-admin-2"), "none");
}

TEST(MemberIndex, DecodesNames) {
  EXPECT_EQ(index_of(R"({"a\"b":1,"gr\u00f6\u00dfe":2,"größe2":3,"":4})").names(),
            (Names{"a\"b", "größe", "größe2", ""}));
}

TEST(MemberIndex, IsEmptyForWhatIsNoObject) {
  for (const char* text : {"{}", "{ }", "[1]", "\"{\"", "null", "1"}) {
    EXPECT_TRUE(index_of(text).names().empty()) << text;
  }
}

TEST(StringMember, IsTheLastOfThatName) {
  const auto read = [](std::string_view text) {
    return string_member(text, whole_value(text), "g").value_or("none");
  };
  EXPECT_EQ(read(R"({"a": {"g": "x"}, "g": "y"})"), "y");
  EXPECT_EQ(read(R"({"g": "y", "\u0067": "z\n"})"), "z\n");
  EXPECT_EQ(read(R"({"g": "y", "g": null})"), "none");
  EXPECT_EQ(read(R"({"g": 1})"), "none");
  EXPECT_EQ(read(R"(["g"])"), "none");
}

TEST(FindMembers, OfEachNameTheLastValueAsItIsWritten) {
  const auto read = [](std::string_view text) {
    constexpr std::array<std::string_view, 2> kNames = {"g", "p"};
    std::array<std::string_view, 2> values;
    find_members(text, whole_value(text), kNames, values);
    return values;
  };
  using Values = std::array<std::string_view, 2>;
  EXPECT_EQ(read(R"({"p": [1, 2], "a": {"g": 1}, "g" : "x"})"), (Values{R"("x")", "[1, 2]"}));
  EXPECT_EQ(read(R"({"g": 1, "\u0070": null, "g": 2})"), (Values{"2", "null"}));
  EXPECT_EQ(read(R"({"gp": 1})"), Values());
  EXPECT_EQ(read("null"), Values());
}

// The same names and values as the library's parser finds.
TEST(MemberIndex, AgreesWithTheParser) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) {
    text += (i == 0 ? "" : ",") + std::string("\"s") + std::to_string(i * 7919 % 1000) +
            "\":{\"imageGroup\":\"g" + std::to_string(i % 10) + "\"}";
  }
  text += "}";
  const Json parsed = Json::parse(text);
  const MemberIndex members = index_of(text);
  ASSERT_EQ(members.names().size(), parsed.size());
  for (const auto& [name, value] : parsed.items()) {
    EXPECT_EQ(Json::parse(value_of(text, name)), value) << name;
  }
}

}  // namespace
