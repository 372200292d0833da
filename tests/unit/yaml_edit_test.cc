// The proof behind every edit, tried with editors that are broken on purpose.
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/yaml/edit.h"

namespace {

using engine::YamlChange;
using engine::YamlSplice;

constexpr std::string_view kText =
    "# head\n"
    "images:\n"
    "- name: app # first\n"
    "  newTag: &t v1\n"
    "- name: other\n"
    "  newTag: \"v1\"\n"
    "x: *t\n";

engine::YamlSourceMap parsed(std::string_view text) {
  auto stream = engine::YamlSourceMap::parse("x.yaml", text);
  EXPECT_TRUE(stream);
  return *stream;
}

// The node of the value that begins at `offset`.
engine::YamlIndex node_at(const engine::YamlSourceMap& stream, std::size_t offset) {
  for (engine::YamlIndex i = 0; i < stream.nodes().size(); ++i) {
    if (stream.offset(i) == offset && stream.kind(i) == engine::YamlKind::scalar) {
      return i;
    }
  }
  ADD_FAILURE() << "no scalar at " << offset;
  return 0;
}

// The change of the first tag to v2, as it should be.
YamlChange first_tag(const engine::YamlSourceMap& stream) {
  const std::size_t anchor = kText.find("&t v1");
  const std::size_t value = anchor + 3;
  return {.splice = {value, value + 2, "v2"}, .node = node_at(stream, anchor), .value = "v2"};
}

void expect_unproven(const engine::Result<std::string>& result) {
  ASSERT_FALSE(result) << "accepted:\n" << *result;
  EXPECT_EQ(result.error().code, engine::Code::internal);
  EXPECT_TRUE(result.error().message.starts_with("x.yaml:")) << result.error().message;
}

TEST(YamlEdit, ChangesOneValue) {
  const auto stream = parsed(kText);
  const auto result = engine::change_yaml(stream, {first_tag(stream)});
  ASSERT_TRUE(result) << result.error().message;
  std::string expected(kText);
  expected.replace(expected.find("&t v1"), 5, "&t v2");
  EXPECT_EQ(*result, expected);
}

TEST(YamlEdit, TakesChangesInAnyOrder) {
  const auto stream = parsed("a: 1\nb: 2\n");
  const YamlChange a{.splice = {3, 4, "x"}, .node = 2, .value = "x"};
  const YamlChange b{.splice = {8, 9, "y"}, .node = 4, .value = "y"};
  const auto result = engine::change_yaml(stream, {b, a});
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, "a: x\nb: y\n");
}

TEST(YamlEdit, RefusesChangesThatOverlapOrLieOutside) {
  const auto stream = parsed("a: 12\nb: 2\n");
  const YamlChange whole{.splice = {3, 5, "x"}, .node = 2, .value = "x"};
  const YamlChange part{.splice = {4, 9, "y"}, .node = 4, .value = "y"};
  const YamlChange outside{.splice = {9, 99, "y"}, .node = 4, .value = "y"};
  expect_unproven(engine::change_yaml(stream, {whole, part}));
  expect_unproven(engine::change_yaml(stream, {outside}));
}

struct BrokenEditor {
  const char* name;
  engine::Splicer splicer;
};

class YamlEditProof : public testing::TestWithParam<BrokenEditor> {};

TEST_P(YamlEditProof, RefusesWhatTheBrokenEditorWrote) {
  const auto stream = parsed(kText);
  expect_unproven(engine::change_yaml(stream, {first_tag(stream)}, GetParam().splicer));
}

std::string replaced(std::string_view bytes, std::string_view from, std::string_view to) {
  std::string text(bytes);
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string edited(std::string_view bytes, const std::vector<YamlSplice>& splices) {
  return engine::splice(bytes, splices);
}

const std::vector<BrokenEditor>& broken_editors() {
  using Splices = std::vector<YamlSplice>;
  static const std::vector<BrokenEditor> editors = {
      {"does_nothing", [](auto bytes, const Splices&) { return std::string(bytes); }},
      {"is_off_by_one",
       [](auto bytes, Splices splices) {
         ++splices[0].begin;
         ++splices[0].end;
         return edited(bytes, splices);
       }},
      {"takes_a_byte_too_many",
       [](auto bytes, Splices splices) {
         ++splices[0].end;
         return edited(bytes, splices);
       }},
      {"leaves_a_byte_of_the_old_value",
       [](auto bytes, Splices splices) {
         --splices[0].end;
         return edited(bytes, splices);
       }},
      {"writes_in_another_place",
       [](auto bytes, Splices splices) {
         splices[0].begin = bytes.find("v1", splices[0].end);
         splices[0].end = splices[0].begin + 2;
         return edited(bytes, splices);
       }},
      {"writes_another_value",
       [](auto bytes, Splices splices) {
         splices[0].text = "v3";
         return edited(bytes, splices);
       }},
      {"loses_the_last_byte",
       [](auto bytes, const Splices& splices) {
         std::string text = edited(bytes, splices);
         text.pop_back();
         return text;
       }},
      {"loses_a_comment",
       [](auto bytes, const Splices& splices) {
         return replaced(edited(bytes, splices), " # first", "");
       }},
      {"changes_a_comment",
       [](auto bytes, const Splices& splices) {
         return replaced(edited(bytes, splices), "head", "haed");
       }},
      {"changes_the_quotes_of_another_value",
       [](auto bytes, const Splices& splices) {
         return replaced(edited(bytes, splices), "\"v1\"", "'v1'");
       }},
      {"changes_line_endings",
       [](auto bytes, const Splices& splices) {
         return replaced(edited(bytes, splices), "\n", "\r\n");
       }},
      {"writes_twice",
       [](auto bytes, const Splices& splices) {
         return edited(bytes, splices) + edited(bytes, splices);
       }},
      {"writes_nothing", [](auto, const Splices&) { return std::string(); }},
  };
  return editors;
}

INSTANTIATE_TEST_SUITE_P(Editors, YamlEditProof, testing::ValuesIn(broken_editors()),
                         [](const auto& test) { return std::string(test.param.name); });

// Splices that do what they say, but say what was not intended.
struct WrongSplice {
  const char* name;
  std::string_view at;    // replaced in kText,
  std::string_view text;  // by this
};

class YamlEditMeaning : public testing::TestWithParam<WrongSplice> {};

TEST_P(YamlEditMeaning, RefusesASpliceThatMeansSomethingElse) {
  const auto stream = parsed(kText);
  YamlChange change = first_tag(stream);
  const std::size_t begin = kText.find(GetParam().at);
  ASSERT_NE(begin, std::string_view::npos);
  change.splice = {begin, begin + GetParam().at.size(), std::string(GetParam().text)};
  expect_unproven(engine::change_yaml(stream, {change}));
}

INSTANTIATE_TEST_SUITE_P(
    Splices, YamlEditMeaning,
    testing::Values(WrongSplice{"another_value", "v1", "v3"},
                    WrongSplice{"value_and_more", "v1", "v2 x"},
                    WrongSplice{"value_in_quotes", "v1", "\"v2\""},
                    WrongSplice{"value_as_a_block", "v1", "|-\n    v2"},
                    WrongSplice{"without_the_anchor", "&t v1", "v2"},
                    WrongSplice{"with_a_tag", "v1", "!!str v2"},
                    WrongSplice{"another_key", "v1\n", "v2\n  extra: 1\n"},
                    WrongSplice{"another_item", "v1\n", "v2\n-\n"},
                    WrongSplice{"another_document", "v1\n", "v2\n---\n"},
                    WrongSplice{"one_item_less", "v1\n- name: other\n", "v2\n"},
                    WrongSplice{"the_other_image", "\"v1\"", "\"v2\""},
                    WrongSplice{"the_name", "app", "v2"}, WrongSplice{"a_list", "v1", "[v2]"},
                    WrongSplice{"no_yaml", "v1", "v2: ["}, WrongSplice{"a_control", "v1", "v2\x01"},
                    WrongSplice{"nothing", "v1", ""}),
    [](const auto& test) { return std::string(test.param.name); });

TEST(YamlEdit, AddsAPairAfterAValue) {
  const auto stream = parsed("a:\n  b: 1\nc: 2\n");
  const YamlChange change{
      .splice = {10, 10, "  new: x\n"}, .node = 4, .value = "x", .new_key = "new"};
  const auto result = engine::change_yaml(stream, {change});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(*result, "a:\n  b: 1\n  new: x\nc: 2\n");
}

TEST(YamlEdit, RefusesAPairThatLandsInAnotherMapping) {
  const auto stream = parsed("a:\n  b: 1\nc: 2\n");
  const YamlChange change{
      .splice = {10, 10, "new: x\n"}, .node = 4, .value = "x", .new_key = "new"};
  expect_unproven(engine::change_yaml(stream, {change}));
}

}  // namespace
