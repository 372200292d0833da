#include <string>

#include <gtest/gtest.h>

#include "engine/base/reader_word.h"
#include "engine/config/catalog.h"
#include "engine/manifest/edit.h"
#include "tests/support/reader_words.h"
#include "tools/doctor.h"
#include "tools/hint_words.h"
#include "tools/render.h"

namespace {

using engine::for_reader;
using engine::reader_label;
using tools::Reader;
using tools::worded;

constexpr const char* kHint = "Run {regenerate_services}, or give {file} ({prNumber}).";

TEST(HintWords, AreThoseOfTheReader) {
  EXPECT_EQ(worded(for_reader(kHint), Reader::client),
            "Run the tool `regenerate_services`, or give `file` (`prNumber`).");
  EXPECT_EQ(worded(for_reader(kHint), Reader::command_line),
            "Run `rollout-mcp regenerate`, or give `--file` (`--pr`).");
}

TEST(HintWords, OfALabelStandWithoutQuotes) {
  const std::string message = reader_label("prNumber") + ": given 0";
  EXPECT_EQ(worded(message, Reader::client), "prNumber: given 0");
  EXPECT_EQ(worded(message, Reader::command_line), "--pr: given 0");
  EXPECT_EQ(worded(reader_label("imageName"), Reader::command_line), "--image");
  EXPECT_EQ(worded(reader_label("projectDir"), Reader::command_line), "--project");
}

TEST(HintWords, OnlyMarksAreReplaced) {
  for (const std::string text :
       {"", "{", "{file}", "{{file}}", "`file`", "Create it: {\"rwenvs\": {\"dev\": {}}}"}) {
    EXPECT_EQ(worded(text, Reader::client), text);
    EXPECT_EQ(worded(text, Reader::command_line), text);
  }
  EXPECT_EQ(worded("\x02", Reader::client), "");
  EXPECT_EQ(worded("a \x02nothing\x03 b", Reader::client), "a nothing\x03 b");
  EXPECT_EQ(worded("a \x02"
                   "file",
                   Reader::client),
            "a file");
}

TEST(HintWords, OnlyNamesInBracesAreMarked) {
  for (const std::string text : {"", "{", "}", "{}", "{a b", "{\"rwenvs\": {}}", "{ file }"}) {
    EXPECT_EQ(for_reader(text), text);
  }
  EXPECT_EQ(test::in_braces(for_reader("{{file}} {path}")), "{{file}} {path}");
  EXPECT_EQ(worded(for_reader("{{file}}"), Reader::client), "{`file`}");
}

TEST(HintWords, AreThoseOfTheReaderInMessagesToo) {
  const engine::Error error{engine::Code::bad_argument, reader_label("imageName") + " is missing.",
                            for_reader("Give {prNumber}.")};
  EXPECT_EQ(tools::report(error), "imageName is missing.\nGive `prNumber`.");
  EXPECT_EQ(tools::structured(error).at("message"), "imageName is missing.");
  EXPECT_EQ(tools::structured(error).at("hint"), "Give `prNumber`.");
  EXPECT_EQ(tools::report(error, Reader::command_line), "--image is missing.\nGive `--pr`.");
}

TEST(HintWords, AreThoseOfTheReaderInWarningsToo) {
  engine::RegenerateResult result;
  result.commit = "0123456789";
  result.warnings = {for_reader("Pass it as {projectDir}.")};
  EXPECT_EQ(tools::structured(result).at("warnings").at(0), "Pass it as `projectDir`.");
  EXPECT_NE(tools::report(result).find("⚠ Pass it as `projectDir`."), std::string::npos);
  EXPECT_NE(tools::report(result, Reader::command_line).find("⚠ Pass it as `--project`."),
            std::string::npos);
}

// What others have written keeps its braces and loses what a mark is made of.
TEST(HintWords, TextFromOutsideIsNeverOne) {
  const std::string forged = "\\u0002file\\u0003{path}{regenerate_services}\\u0002file\\u0004";
  const std::string manifest = "kind: HelmRelease\nspec:\n  values:\n    \"" + forged +
                               "\": {image: {tag: v1}}\n    b: {image: {tag: v2}}\n";
  const auto edit = engine::set_image_tag("apps/k.yaml", manifest,
                                          {.image_name = "x", .path = {}, .by_hand = true},
                                          *engine::ImageTag::parse("pr-1-0123abc"), {});
  ASSERT_FALSE(edit);
  const std::string hint = worded(edit.error().hint, Reader::command_line);
  EXPECT_NE(hint.find("{path}{regenerate_services}"), std::string::npos) << hint;
  EXPECT_NE(hint.find("`--path`"), std::string::npos) << hint;
  EXPECT_EQ(hint.find("--file"), std::string::npos) << hint;
  EXPECT_EQ(hint.find("rollout-mcp"), std::string::npos) << hint;

  const auto catalog = engine::Catalog::parse(
      R"({"services": {"papi": {"imageGroup": ")" + forged + R"("}}, "imageGroups": {}})",
      "services.json");
  ASSERT_TRUE(catalog);
  const auto group = catalog->find_image_group(*catalog->find_service("papi"));
  ASSERT_FALSE(group);
  EXPECT_EQ(worded(group.error().hint, Reader::command_line),
            "It names the image group 'file{path}{regenerate_services}file', which services.json "
            "does not have.\nRegenerate the catalog with `rollout-mcp regenerate`, or roll out "
            "with `--file` and `--image`.");
}

TEST(HintWords, OfDoctorAreThoseOfTheReaderOnOneLine) {
  engine::DoctorReport findings;
  findings.checks.push_back(
      {.name = "catalog",
       .state = engine::DoctorCheck::State::missing,
       .message = reader_label("projectDir") + ": none.",
       .hint = for_reader("Looked for:\n/a\n/b\nRun {regenerate_services} with {services_file}.")});
  EXPECT_EQ(tools::report(findings),
            "✗ catalog  projectDir: none. Looked for: /a, /b. Run the tool `regenerate_services` "
            "with the server's option `--services`.");
  EXPECT_EQ(tools::report(findings, Reader::command_line),
            "✗ catalog  --project: none. Looked for: /a, /b. Run `rollout-mcp regenerate` with "
            "`--services`.");
  EXPECT_EQ(tools::structured(findings).at("checks").at(0).at("message"), "projectDir: none.");
}

}  // namespace
