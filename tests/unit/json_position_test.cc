#include <gtest/gtest.h>

#include "json/position.h"

namespace {

using json::position_of;

constexpr std::string_view kText = R"({
  "version": 1,
  "rwenvs": {
    "de/v": { "url": 5, "list": [1, {"x": "}"}, 3] },
    "last": true
  }
})";

void expect_at(std::string_view pointer, std::size_t line, std::size_t column) {
  const auto position = position_of(kText, pointer);
  EXPECT_EQ(position.line, line) << pointer;
  EXPECT_EQ(position.column, column) << pointer;
}

TEST(JsonPosition, FindsValuesByPointer) {
  expect_at("", 1, 1);
  expect_at("/version", 2, 14);
  expect_at("/rwenvs/de~1v/url", 4, 22);
  expect_at("/rwenvs/de~1v/list/2", 4, 49);
  expect_at("/rwenvs/de~1v/list/1/x", 4, 43);
  expect_at("/rwenvs/last", 5, 13);
}

TEST(JsonPosition, StaysAtTheNearestContainerThatIsThere) {
  expect_at("/rwenvs/none/deeper", 3, 13);
  expect_at("/version/deeper", 2, 14);
}

TEST(JsonPosition, OfMembersOfOneNameIsTheLast) {
  constexpr std::string_view kTwice = "\xEF\xBB\xBF{\"a\": {\"b\": 1}, \"a\": {\"c\": [10 ,2]}}";
  EXPECT_EQ(position_of(kTwice, "/a/b").column, 25U);
  EXPECT_EQ(position_of(kTwice, "/a/c/1").column, 36U);
  EXPECT_EQ(position_of(kTwice, "").column, 4U);
}

TEST(JsonPosition, CountsLinesAndColumnsFromOne) {
  const auto position = position_of("a\nbc", std::size_t{3});
  EXPECT_EQ(position.line, 2U);
  EXPECT_EQ(position.column, 2U);
}

}  // namespace
