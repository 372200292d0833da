// What libyaml's nodes are, where yaml-cpp finds them, and what happens where the two differ.
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/manifest/edit.h"
#include "engine/yaml/source_map.h"
#include "tests/support/expect_ok.h"

namespace {

using engine::YamlKind;
using engine::YamlReader;
using engine::YamlSourceMap;
using engine::YamlStyle;
using testing::ElementsAre;
using testing::HasSubstr;

// What stands at the offset of each node, up to the end of the word.
std::vector<std::string> words(const YamlSourceMap& stream) {
  std::vector<std::string> found;
  for (engine::YamlIndex i = 0; i < stream.nodes().size(); ++i) {
    const std::string_view rest = stream.bytes().substr(stream.offset(i));
    found.emplace_back(rest.substr(0, rest.find_first_of(" \n")));
  }
  return found;
}

std::string refusal(std::string_view bytes) {
  const auto stream = YamlSourceMap::parse("f", bytes);
  return stream ? "none" : stream.error().message;
}

TEST(YamlReader, SaysHowEachScalarIsWritten) {
  const auto yaml = YamlReader::parse("[a, 'a', \"a\", ~, !!str ~, !!str , &x '', *x]\n");
  ASSERT_TRUE(test::ok(yaml));
  std::vector<YamlKind> kinds;
  std::vector<YamlStyle> styles;
  for (const engine::YamlIndex item : yaml->items(0)) {
    kinds.push_back(yaml->kind(item));
    styles.push_back(yaml->node(item).style);
  }
  EXPECT_THAT(kinds,
              ElementsAre(YamlKind::scalar, YamlKind::scalar, YamlKind::scalar, YamlKind::null,
                          YamlKind::scalar, YamlKind::scalar, YamlKind::scalar, YamlKind::alias));
  EXPECT_THAT(styles, ElementsAre(YamlStyle::plain, YamlStyle::single_quoted,
                                  YamlStyle::double_quoted, YamlStyle::plain, YamlStyle::plain,
                                  YamlStyle::empty, YamlStyle::single_quoted, YamlStyle::alias));
  EXPECT_EQ(yaml->tag(5), "tag:yaml.org,2002:str");
  EXPECT_EQ(yaml->text(5), "~");
  EXPECT_EQ(yaml->tag(1), "");
  EXPECT_EQ(yaml->resolved(8), 7U);
}

TEST(YamlReader, ReadsAByteOrderMark) {
  for (const char* text : {"\xEF\xBB\xBF"
                           "a: 1\nb: 2\n",
                           "\xEF\xBB\xBF---\na: 1\nb: 2\n"}) {
    const auto yaml = YamlReader::parse(text);
    ASSERT_TRUE(test::ok(yaml));
    EXPECT_EQ(yaml->text(yaml->find(0, "a")), "1");
    EXPECT_EQ(yaml->text(yaml->find(0, "b")), "2");
  }
}

TEST(YamlReader, RefusesALongTagHoweverOftenItIsUsed) {
  const std::string text = "%TAG !e! " + std::string(1'000'000, 'x') + "\n---\n";
  std::string uses;
  for (int i = 0; i < 300'000; ++i) {
    uses += "- !e!a 1\n";
  }
  const auto yaml = YamlReader::parse(text + uses);
  ASSERT_TRUE(test::fails(yaml, engine::Code::bad_manifest));
  EXPECT_EQ(yaml.error().message, "line 3: a tag is too long");
}

TEST(YamlSourceMap, FindsEachNodeInTheBytes) {
  const auto stream = YamlSourceMap::parse("f", "a: &x 1\nb:\n- 'c'\n- *x\n- {d: [e]}\n");
  ASSERT_TRUE(test::ok(stream));
  EXPECT_THAT(words(*stream),
              ElementsAre("a:", "a:", "&x", "b:", "-", "'c'", "*x", "{d:", "d:", "[e]}", "e]}"));
}

// yaml-cpp sees neither the mark nor the text without spaces.
TEST(YamlSourceMap, FindsNodesBehindMarksAndAliasesThatAreKeys) {
  const auto stream =
      YamlSourceMap::parse("f", "\xEF\xBB\xBFé: &x é\n*x: 1\n? *x\n: 2\nz: {*x : 3, *x: 4}\n");
  ASSERT_TRUE(test::ok(stream));
  EXPECT_THAT(words(*stream), ElementsAre("é:", "é:", "&x", "*x:", "1", "*x", "2", "z:", "{*x",
                                          "*x", "3,", "*x:", "4}"));
}

TEST(YamlSourceMap, RefusesInTheWordsOfLibyaml) {
  EXPECT_EQ(refusal("a: 1\nb: [\n"),
            "f:3: not readable as YAML: while parsing a flow node, did not find expected node "
            "content (line 3, column 1)");
  EXPECT_EQ(refusal("a: '\u2028 \u0085'\nb: 1\n- c\n"),
            "f:3: not readable as YAML: while parsing a block mapping, did not find expected key "
            "(line 3, column 1)");
  // Where the quote begins, not where the text ends.
  EXPECT_EQ(refusal("a: 1\nb: 'c\nd\ne\n"),
            "f:2: not readable as YAML: while scanning a quoted scalar, found unexpected end of "
            "stream (line 5, column 1)");
  EXPECT_EQ(refusal("a: 1\n- b\n"),
            "f:2: not readable as YAML: while parsing a block mapping, did not find expected key "
            "(line 2, column 1)");
}

// Each is YAML to libyaml.
TEST(YamlSourceMap, RefusesWhatYamlCppReadsOtherwise) {
  EXPECT_EQ(refusal("a: [x?y]\n"), "f:1: not readable as YAML: unknown token");
  EXPECT_EQ(refusal("a: 1\n&b: c\n"), "f:2: not readable as YAML: parsers differ on what is here");
  // To libyaml the second line has a character that ends lines, and so a second key.
  EXPECT_THAT(refusal("a: 1\nb: 2\u2028c: 3\n"), HasSubstr("f:2: not readable as YAML: "));
}

// U+0085 is a line break to libyaml, and so white space in this value.
TEST(YamlSourceMap, EditsNothingWhoseValueTheParsersReadDifferently) {
  const auto edit = engine::set_image_tag("f", "images:\n- name: app\n  newTag: v1\u0085    x\n",
                                          {.image_name = "app", .path = {}},
                                          *engine::ImageTag::parse("pr-1-0c0ffee"));
  ASSERT_TRUE(test::fails(edit, engine::Code::bad_manifest));
  EXPECT_THAT(edit.error().message, HasSubstr("f:3: the tag cannot be edited safely"));
}

}  // namespace
