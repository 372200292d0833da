// The limits of YAML before a parser sees it: what counts, what does not, and that both ways to
// read a manifest keep them.
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/manifest/edit.h"
#include "engine/manifest/read_summary.h"
#include "engine/yaml/limits.h"
#include "engine/yaml/source_map.h"

namespace {

using engine::find_excess_directive;
using engine::kMaxYamlDepth;
using engine::YamlReader;
using engine::YamlSourceMap;

std::string repeated(const std::string& text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

struct Nested {
  std::string name;
  std::function<std::string(std::size_t levels)> make;  // an even number, and any odd one
};

// NOLINTNEXTLINE(readability-identifier-naming): gtest's
void PrintTo(const Nested& nested, std::ostream* out) {
  *out << nested.name;
}

std::string indented(std::size_t levels, const std::string& mark) {
  std::string out;
  for (std::size_t i = 0; i + 1 < levels; ++i) {
    out += std::string(i, ' ') + mark + "\n";
  }
  return out + std::string(levels - 1, ' ') + (mark == "-" ? "- x\n" : "a: x\n");
}

std::vector<Nested> kinds() {
  return {
      {"brackets", [](auto n) { return repeated("[", n) + repeated("]", n) + "\n"; }},
      {"brackets_on_lines", [](auto n) { return repeated("[\n ", n) + repeated("]", n) + "\n"; }},
      {"braces", [](auto n) { return repeated("{a: ", n) + "x" + repeated("}", n) + "\n"; }},
      {"json", [](auto n) { return repeated("{\"a\":", n) + "1" + repeated("}", n) + "\n"; }},
      {"after_a_key", [](auto n) { return "a: " + repeated("[", n - 1) + repeated("]", n - 1); }},
      {"pairs_in_brackets",
       [](auto n) {
         return std::string(n % 2 == 0 ? "" : "- ") + repeated("[a: ", n / 2) + "x" +
                repeated("]", n / 2) + "\n";
       }},
      {"dashes", [](auto n) { return repeated("- ", n) + "x\n"; }},
      {"dashes_on_lines", [](auto n) { return indented(n, "-"); }},
      {"keys_on_lines", [](auto n) { return indented(n, "a:"); }},
      {"quoted_keys", [](auto n) { return indented(n, "\"a b\":"); }},
      {"question_marks", [](auto n) { return repeated("? ", n) + "x\n"; }},
      {"dashes_and_keys",
       [](auto n) {
         std::string out = n % 2 == 0 ? "" : "- ";
         for (std::size_t i = 0; i < n / 2; ++i) {
           out += "- a:\n" + std::string(4 * i + 4 + 2 * (n % 2), ' ');
         }
         return out + "x\n";
       }},
      {"items_below_their_key",
       [](auto n) {
         std::string out = n % 2 == 0 ? "" : "- ";
         for (std::size_t i = 0; i < n / 2; ++i) {
           const std::string indent(2 * i + 2 * (n % 2), ' ');
           out += "a:\n" + indent + "- ";
         }
         return out + "x\n";
       }},
      {"the_second_document",
       [](auto n) { return "a: 1\n---\n" + repeated("[", n) + repeated("]", n) + "\n"; }},
  };
}

class YamlNesting : public testing::TestWithParam<Nested> {};

TEST_P(YamlNesting, IsReadUpToTheLimit) {
  const std::string text = GetParam().make(kMaxYamlDepth);
  EXPECT_TRUE(YamlSourceMap::parse("f", text)) << text;
  EXPECT_TRUE(YamlReader::parse(text)) << text;
}

TEST_P(YamlNesting, IsRefusedBeyond) {
  for (const std::size_t levels : {kMaxYamlDepth + 1, kMaxYamlDepth + 2, 2 * kMaxYamlDepth}) {
    const std::string text = GetParam().make(levels);
    const auto edited = YamlSourceMap::parse("f", text);
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error().code, engine::Code::bad_manifest);
    EXPECT_NE(edited.error().message.find("nested more than 64 levels deep"), std::string::npos);
    const auto read = YamlReader::parse(text);
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("nested more than 64 levels deep"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, YamlNesting, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return kind.param.name; });

TEST(YamlNesting, DoesNotCountWhatIsNoCollection) {
  const std::string deep = repeated("[", 200);
  for (std::string text : std::vector<std::string>{
           "a: '@'\n",
           "a: \"@\\\"@\"\n",
           "a: \"x\n  @\"\n",
           "# @\na: b # @\n",
           "a: |\n  @\n\n    - - @\nb: c\n",
           "a: >-\n  x\n  @\n",
           "- |\n @\n- x\n",
           "- a: |\n    @\n  b: c\n",
           "a: x@\n",
           "a: x\n  @\n",
           "a: x\n\n  @\n  # y\n",
           "a: [x, 'it''s @', y]\n",
           "a: [" + repeated("[x], ", 300) + "]\n",
           "a: [" + repeated("b: c, ", 300) + "]\n",
           repeated("- - - []\n", 300),
           repeated("a:\n- b:\n    c: [d]\n", 300),
           repeated("---\na: {b: [c]}\n", 300),
       }) {
    for (auto at = text.find('@'); at != text.npos; at = text.find('@')) {
      text.replace(at, 1, deep);
    }
    EXPECT_TRUE(YamlReader::parse(text)) << text;
    EXPECT_TRUE(YamlSourceMap::parse("f", text)) << text;
  }
}

TEST(YamlNesting, NamesThePlace) {
  const std::string text = "a: b\nc: d\ne: " + repeated("[", 200);
  const auto read = YamlReader::parse(text);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "line 3: nested more than 64 levels deep");
  const auto edited = YamlSourceMap::parse("f", text);
  ASSERT_FALSE(edited);
  EXPECT_EQ(edited.error().message, "f:3: not readable as YAML: nested more than 64 levels deep");
}

TEST(YamlExcess, CountsTheDirectivesOfADocument) {
  const auto text = [](std::size_t count, const std::string& line_end) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      out += "%TAG !e" + std::to_string(i) + "! tag:x" + line_end;
    }
    return out + "---\na: b\n";
  };
  EXPECT_FALSE(find_excess_directive(text(engine::kMaxYamlDirectives, "\n")));
  EXPECT_TRUE(YamlReader::parse(text(engine::kMaxYamlDirectives, "\n")));
  // All that libyaml takes for the end of a line, with and without lines between.
  for (const char* const end :
       {"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029", "\n\n# c\n\t# c\n", " # c\n"}) {
    EXPECT_TRUE(find_excess_directive(text(engine::kMaxYamlDirectives + 1, end)));
    const auto read = YamlReader::parse(text(100'000, end));
    ASSERT_FALSE(read);
    EXPECT_NE(read.error().message.find("more than 64 directives (%)"), std::string::npos);
    EXPECT_FALSE(YamlSourceMap::parse("f", text(100'000, end)));
  }
  EXPECT_FALSE(find_excess_directive(repeated("%YAML 1.1\n---\na: b\n...\n", 200)));
  EXPECT_FALSE(find_excess_directive("a: |\n" + repeated("  %\n", 200) + "b: 10%\n"));
}

TEST(YamlExcess, ReadsAnythingToItsEnd) {
  for (const char* text : {"",     "\r",      "a: |\r",       "a: |\rb", "'", "\"\\", "[", "]",
                           "a: |", "- |\n\n", "\xEF\xBB\xBF", "?",       ":", "&",    "*", "!",
                           "!<",   "%",       "a\n\n",        "[a\n"}) {
    EXPECT_FALSE(find_excess_directive(text)) << text;
    const auto stream = YamlSourceMap::parse("f", text);
    EXPECT_TRUE(stream || stream.error().message.find("64") == std::string::npos) << text;
  }
}

// A million levels, or what would take a parser time that grows faster than the text.
TEST(YamlExcess, IsFoundInTheManifestsOfACatalog) {
  const std::string kind = "kind: Deployment\nimage: x\n";
  for (const std::string& text : {
           kind + "a: " + repeated("[", 1'000'000),
           kind + "a: " + repeated("{a: ", 500'000),
           kind + "a:\n  " + repeated("- ", 500'000),
       }) {
    const auto facts = engine::read_manifest_summary("d.yaml", text);
    ASSERT_TRUE(facts.problem);
    EXPECT_NE(facts.problem->find("nested more than 64 levels deep"), std::string::npos);
  }
}

// Each entry of `images` merges the whole chain: entries times links.
std::string chain_of_merges(std::size_t links, std::size_t entries) {
  std::string text = "b0: &b0 {k: v}\n";
  for (std::size_t i = 1; i <= links; ++i) {
    text += "b" + std::to_string(i) + ": &b" + std::to_string(i) + " {<<: *b" +
            std::to_string(i - 1) + "}\n";
  }
  return text + "images:\n" + repeated("- <<: *b" + std::to_string(links) + "\n", entries) +
         "- name: app\n  newTag: v1\n";
}

TEST(YamlRepeats, AreFollowedAsFarAsPeopleWriteThem) {
  EXPECT_TRUE(YamlSourceMap::parse("f", chain_of_merges(60, 1000)));
  const auto facts = engine::read_manifest_summary("kustomization.yaml", chain_of_merges(60, 1000));
  EXPECT_EQ(facts.problem, std::nullopt);
}

TEST(YamlRepeats, AreRefusedWhereTheyMultiply) {
  const std::string objects =
      "kind: List\nimage: x\nitems:\n- &d {kind: Deployment, metadata: "
      "{name: a}, spec: {template: {spec: {containers: [" +
      repeated("{image: x}, ", 2000) + "]}}}}\n" + repeated("- *d\n", 2000);
  const std::string mapping = "x: &x {" + repeated("a: b, ", 2000) + "}\nimages:\n" +
                              repeated("- *x\n", 2000) + "- name: app\n";
  for (const std::string& text : {chain_of_merges(4000, 4000), mapping}) {
    const auto stream = YamlSourceMap::parse("f", text);
    ASSERT_FALSE(stream);
    EXPECT_EQ(stream.error().message,
              "f:1: not readable as YAML: its aliases and merge keys expand to too much");
  }
  for (const std::string& text : {chain_of_merges(4000, 4000), mapping, objects}) {
    const auto facts = engine::read_manifest_summary("kustomization.yaml", text);
    EXPECT_EQ(facts.problem, "its aliases stand for more than 1000000 values");
  }
  const auto itself = YamlReader::parse("a: &a [*a]\n");
  ASSERT_TRUE(itself);
  EXPECT_TRUE(itself->is_explosive());
}

TEST(YamlParsing, EndsSoonAfterTheStop) {
  std::stop_source source;
  source.request_stop();
  const std::string text = "images:\n" + repeated("- name: app\n  newTag: v1\n", 5000);
  const auto stream = YamlSourceMap::parse("f", text, source.get_token());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, engine::Code::cancelled);
  const auto yaml = YamlReader::parse(text, source.get_token());
  ASSERT_FALSE(yaml);
  EXPECT_EQ(yaml.error().code, engine::Code::cancelled);
  const auto edit =
      engine::set_image_tag("f", text, {.image_name = "app", .path = {}},
                            *engine::ImageTag::parse("pr-1-0c0ffee"), source.get_token());
  ASSERT_FALSE(edit);
  EXPECT_EQ(edit.error().code, engine::Code::cancelled);
}

}  // namespace
