// Each directory of tests/data/manifest_edit is an edit: the manifest (in.yaml), what is set
// (edit.json), and the bytes (out.yaml) or the refusal (error.json) that it must give.
// UPDATE_GOLDEN=1 rewrites the results.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/manifest/edit.h"
#include "tests/support/reader_words.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using Json = nlohmann::ordered_json;

fs::path case_directory(const std::string& name) {
  return fs::path(ROLLOUT_MCP_TEST_DATA) / "manifest_edit" / name;
}

void write_bytes(const fs::path& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary) << bytes;
}

struct Edit {
  std::string file;  // as messages name it
  engine::TagLocation place;
  engine::ImageTag tag;
  std::vector<std::string> warnings;  // that it must give
};

Edit read_edit(const fs::path& file) {
  const Json json = Json::parse(read_bytes(file));
  engine::TagLocation place;
  place.image_name = json.value("imageName", "app");
  place.type = json.value("type", place.type);
  if (json.contains("path")) {
    place.path = json["path"].get<std::string>();
  }
  place.by_hand = json.value("byHand", false);
  place.image_by_hand = json.value("imageByHand", false);
  place.catalog_images = json.value("catalogImages", place.catalog_images);
  const auto tag = engine::ImageTag::parse(json.value("tag", "pr-12-0c0ffee"));
  EXPECT_TRUE(tag) << file;
  return {json.value("file", "in.yaml"), std::move(place), *tag,
          json.value("warnings", std::vector<std::string>())};
}

Json json_of(const engine::Detail& detail) {
  return std::visit([](const auto& value) { return Json(value); }, detail);
}

std::string error_text(const engine::Error& error) {
  Json json;
  json["code"] = engine::name(error.code);
  json["message"] = error.message;
  json["hint"] = test::in_braces(error.hint);
  for (const auto& [name, detail] : error.details) {
    json["details"][name] = json_of(detail);
  }
  return json.dump(2) + "\n";
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(case_directory(""))) {
    if (entry.is_directory()) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

bool updating() {
  const char* const update = std::getenv("UPDATE_GOLDEN");
  return update != nullptr && std::string_view(update) == "1";
}

class ManifestEditGolden : public testing::TestWithParam<std::string> {};

TEST_P(ManifestEditGolden, GivesTheBytesOrTheRefusal) {
  const fs::path directory = case_directory(GetParam());
  const std::string before = read_bytes(directory / "in.yaml");
  const Edit edit = read_edit(directory / "edit.json");
  const auto result = engine::set_image_tag(edit.file, before, edit.place, edit.tag);

  const fs::path out = directory / "out.yaml";
  const fs::path error = directory / "error.json";
  if (updating()) {
    fs::remove(result ? error : out);
    write_bytes(result ? out : error, result ? result->bytes : error_text(result.error()));
  }
  if (!result) {
    ASSERT_FALSE(fs::exists(out)) << error_text(result.error());
    EXPECT_EQ(read_bytes(error), error_text(result.error()));
    return;
  }
  ASSERT_FALSE(fs::exists(error)) << "accepted:\n" << result->bytes;
  EXPECT_EQ(read_bytes(out), result->bytes);
  EXPECT_EQ(result->changed, result->bytes != before);
  EXPECT_EQ(result->warnings, edit.warnings);
}

TEST_P(ManifestEditGolden, IsUnchangedTheSecondTime) {
  const fs::path directory = case_directory(GetParam());
  const Edit edit = read_edit(directory / "edit.json");
  const auto once =
      engine::set_image_tag(edit.file, read_bytes(directory / "in.yaml"), edit.place, edit.tag);
  if (!once) {
    EXPECT_TRUE(fs::exists(directory / "error.json"));
    return;
  }
  const auto twice = engine::set_image_tag(edit.file, once->bytes, edit.place, edit.tag);
  ASSERT_TRUE(twice) << error_text(twice.error());
  EXPECT_FALSE(twice->changed);
  EXPECT_EQ(twice->bytes, once->bytes);
  EXPECT_EQ(twice->previous_tag, edit.tag.text());
}

TEST(ManifestEdit, TellsEachTagThatItReplacesOnce) {
  std::string manifest = "images:\n";
  for (const char* const tag : {"v1", "v2", "v1", "v2", "v3"}) {
    manifest += "- name: papi\n  newTag: " + std::string(tag) + "\n";
  }
  const auto edit =
      engine::set_image_tag("kustomization.yaml", manifest, {.image_name = "papi", .path = {}},
                            *engine::ImageTag::parse("pr-42-a1b2c3d"));
  ASSERT_TRUE(edit) << error_text(edit.error());
  EXPECT_EQ(edit->previous_tag, "v1");
  EXPECT_EQ(edit->also_replaced, (std::vector<std::string>{"v2", "v3"}));
}

std::string with_carriage_returns(const std::string& text) {
  std::string result;
  for (const char c : text) {
    result += c == '\n' ? "\r\n" : std::string(1, c);
  }
  return result;
}

// The cases whose manifests have none of their own.
std::vector<std::string> cases_without_carriage_returns() {
  std::vector<std::string> names = cases();
  std::erase_if(names, [](const std::string& name) {
    return read_bytes(case_directory(name) / "in.yaml").find('\r') != std::string::npos;
  });
  return names;
}

class ManifestEditCarriageReturns : public testing::TestWithParam<std::string> {};

// A manifest in one style must not depend on the line endings around it.
TEST_P(ManifestEditCarriageReturns, ChangeNeitherTheEditNorTheRefusal) {
  const fs::path directory = case_directory(GetParam());
  const std::string before = read_bytes(directory / "in.yaml");
  const Edit edit = read_edit(directory / "edit.json");
  const auto result =
      engine::set_image_tag(edit.file, with_carriage_returns(before), edit.place, edit.tag);
  if (!fs::exists(directory / "out.yaml")) {
    ASSERT_FALSE(result) << "accepted:\n" << result->bytes;
    const Json refusal = Json::parse(read_bytes(directory / "error.json"));
    EXPECT_EQ(engine::name(result.error().code), refusal["code"].get<std::string>())
        << result.error().message;
    return;
  }
  ASSERT_TRUE(result) << error_text(result.error());
  const bool one_line = before.find('\n') == std::string::npos;
  EXPECT_EQ(result->bytes, one_line ? read_bytes(directory / "out.yaml")
                                    : with_carriage_returns(read_bytes(directory / "out.yaml")));
}

INSTANTIATE_TEST_SUITE_P(Cases, ManifestEditGolden, testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param; });
// By hand a path may lead to something else than a tag, which may be a secret.
TEST(ManifestEditByHand, TellsTheFormerValueOnlyIfItHasTheFormOfATag) {
  const auto former = [](const std::string& value) {
    const auto edit =
        engine::set_image_tag("in.yaml", "api:\n  key: " + value + "\n",
                              {.image_name = "app", .path = ".api.key", .by_hand = true},
                              *engine::ImageTag::parse("pr-12-0c0ffee"));
    return edit ? edit->previous_tag : std::optional(edit.error().message);
  };
  for (const std::string tag : {"v1.2", "pr-1-0f0e0d0", "${TAG}"}) {
    EXPECT_EQ(former(tag), tag);
  }
  EXPECT_EQ(former("s3cret!"), "a text of 7 characters");
  EXPECT_EQ(former("two words"), "a text of 9 characters");
}

TEST(ManifestEditByHand, TheUsualPathCountsOnlyWhereNoneIsGivenWithTheFile) {
  const auto edited = [](const std::optional<std::string>& path) {
    const auto edit = engine::set_image_tag(
        "values.yaml", "api: {tag: v1}\nweb: {tag: v1}\n",
        {.image_name = "app", .path = path, .by_hand = true, .usual_path = ".web.tag"},
        *engine::ImageTag::parse("pr-12-0c0ffee"));
    return edit ? edit->bytes : edit.error().message;
  };
  EXPECT_EQ(edited(".api.tag"), "api: {tag: pr-12-0c0ffee}\nweb: {tag: v1}\n");
  EXPECT_EQ(edited({}), "api: {tag: v1}\nweb: {tag: pr-12-0c0ffee}\n");
}

INSTANTIATE_TEST_SUITE_P(Cases, ManifestEditCarriageReturns,
                         testing::ValuesIn(cases_without_carriage_returns()),
                         [](const auto& test) { return test.param; });

}  // namespace
