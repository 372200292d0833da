#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/reader.h"

namespace {

using json::ObjectReader;

TEST(JsonReader, ReadsMembersOfTheExpectedTypes) {
  const Json value = {
      {"s", "text"}, {"b", true}, {"i", 7}, {"list", {"a", "b"}}, {"o", {{"k", 1}}}};
  ObjectReader in(value, "");
  EXPECT_EQ(in.string("s"), "text");
  EXPECT_EQ(in.boolean("b"), true);
  EXPECT_EQ(in.integer("i", 1, 10), 7);
  EXPECT_EQ(in.strings("list"), (std::vector<std::string>{"a", "b"}));
  EXPECT_NE(in.object("o"), nullptr);
  EXPECT_EQ(in.string("missing"), std::nullopt);
  in.reject_unknown();
  EXPECT_FALSE(in.problem());
}

TEST(JsonReader, RefusesWhatTheLibraryWouldConvert) {
  const Json value = {{"fraction", 3.7}, {"truth", true}, {"huge", UINT64_MAX}, {"negative", -1}};
  for (const auto* key : {"fraction", "truth", "huge", "negative"}) {
    ObjectReader in(value, "");
    EXPECT_EQ(in.integer(key, 1, 10), std::nullopt) << key;
    ASSERT_TRUE(in.problem()) << key;
    EXPECT_EQ(in.problem()->accepted, "an integer from 1 to 10");
  }
}

// As JSON Schema has it, by which clients check what they send.
TEST(JsonReader, AnIntegerMayBeWrittenWithAFractionOrAnExponent) {
  const Json value = Json::parse(R"({"fraction": 7.0, "exponent": 1e1, "inexact": 1e17})");
  ObjectReader in(value, "");
  EXPECT_EQ(in.integer("fraction", 1, 10), 7);
  EXPECT_EQ(in.integer("exponent", 1, 10), 10);
  EXPECT_FALSE(in.problem());
  EXPECT_EQ(in.integer("inexact", 1, INT64_MAX), std::nullopt);
}

TEST(JsonReader, NamesThePlaceTheGivenAndTheAccepted) {
  const Json value = {{"a/b", 5}};
  ObjectReader in(value, "/outer");
  in.string("a/b");
  ASSERT_TRUE(in.problem());
  EXPECT_EQ(in.problem()->pointer, "/outer/a~1b");
  EXPECT_EQ(in.problem()->describe("arguments"), "outer/a~1b: given 5, expected a string");
}

TEST(JsonReader, KeepsTheFirstProblem) {
  const Json value = {{"a", 1}, {"b", 2}};
  ObjectReader in(value, "");
  in.string("a");
  in.string("b");
  EXPECT_EQ(in.problem()->pointer, "/a");
}

TEST(JsonReader, UnknownMembersListTheAcceptedOnes) {
  const Json value = {{"servce", "papi"}};
  ObjectReader in(value, "");
  in.string("service");
  in.boolean("dryRun");
  in.reject_unknown();
  ASSERT_TRUE(in.problem());
  EXPECT_EQ(in.problem()->describe("arguments"),
            "servce: given \"papi\", expected only these members: service, dryRun");
}

TEST(JsonReader, NullIsMissingOnlyWhereItMayBe) {
  const Json value = {{"a", nullptr}};
  ObjectReader lenient(value, "", ObjectReader::Null::same_as_missing);
  EXPECT_EQ(lenient.string("a"), std::nullopt);
  EXPECT_FALSE(lenient.problem());
  ObjectReader strict(value, "");
  strict.string("a");
  EXPECT_TRUE(strict.problem());
}

TEST(JsonReader, MissingRequiredMemberIsAProblem) {
  const Json value = Json::object();
  ObjectReader in(value, "");
  in.require("service");
  ASSERT_TRUE(in.problem());
  EXPECT_EQ(in.problem()->describe("arguments"), "service is missing; expected a value");
}

TEST(JsonReader, LongValuesAreCutAtACharacter) {
  std::string umlauts;
  for (int i = 0; i < 100; ++i) {
    umlauts += "ü";
  }
  const std::string words = json::in_words(Json(umlauts));
  EXPECT_LT(words.size(), 90U);
  EXPECT_NO_THROW(static_cast<void>(Json(words).dump()));
}

TEST(JsonParse, CountsNoBracketsInStrings) {
  const std::string brackets(100, '[');
  for (const std::string& text : {"\"" + brackets + "\"", "[\"\\\"" + brackets + "\"]",
                                  "{\"\\\\\\\"" + brackets + "\": 1}"}) {
    EXPECT_TRUE(json::parse(text)) << text;
  }
  // A string that ends in a backslash has ended.
  const std::string deep = "[\"\\\\\"," + brackets + std::string(100, ']') + "]";
  const auto result = json::parse(deep);
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().too_deep);
}

TEST(JsonParse, RefusesDeepNestingBeforeBuildingIt) {
  const std::string at_limit = std::string(64, '[') + std::string(64, ']');
  EXPECT_TRUE(json::parse(at_limit));
  EXPECT_FALSE(json::parse("[" + at_limit + "]"));
  EXPECT_FALSE(json::parse(std::string(1'000'000, '[')));
  EXPECT_TRUE(json::parse("\"" + std::string(100, '[') + "\\\"[\""));
}

TEST(JsonParse, SaysWhereTheErrorIs) {
  const auto result = json::parse("{\"a\": x}");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().offset, 6U);
}

// The library takes a NUL byte for the end of the text.
TEST(JsonParse, WhatFollowsANulByteIsPartOfTheText) {
  const std::string text = std::string("{\"a\": 1}\n") + '\0' + "{{{";
  for (const auto& result :
       {json::parse(text), json::parse_unique(text), json::parse(text.substr(0, 10))}) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().offset, 9U);
  }
  EXPECT_FALSE(json::parse(std::string_view("\0", 1)));
}

TEST(JsonParse, ErrorsDoNotRepeatAllThatWasWrong) {
  const auto result = json::parse("\"" + std::string(100'000, 'x') + "\xFF\"");
  ASSERT_FALSE(result);
  EXPECT_LT(result.error().message.size(), 250U);
}

// Python's splitlines() and Node's readline take each of these for the end of a line.
TEST(JsonParse, WritesOneLineForEveryReader) {
  const std::string text = "a\u0085b\u2028c\u2029d\ne\u2026 \u00c2";
  EXPECT_EQ(json::dump(Json(text)), R"("a\u0085b\u2028c\u2029d\ne)"
                                    "\u2026 \u00c2\"");
  EXPECT_EQ(Json::parse(json::dump(OrderedJson(text))), Json(text));
}

TEST(JsonParse, WritesInvalidUtf8AsReplacement) {
  EXPECT_EQ(json::dump(Json("a\xFF")), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonNumber, IsWrittenAsPeopleWriteIt) {
  EXPECT_EQ(json::number(50).dump(), "50");
  EXPECT_EQ(json::number(0.5).dump(), "0.5");
}

}  // namespace
