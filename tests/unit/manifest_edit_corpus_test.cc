// Kustomizations from public repositories, which are not part of this one, with the bytes that one
// edit of each must give. Looked for in $ROLLOUT_MCP_CORPUS, else beside the checkout.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/manifest/edit.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;
using test::read_bytes;
using Json = nlohmann::json;

fs::path corpus() {
  const char* const named = std::getenv("ROLLOUT_MCP_CORPUS");
  return named != nullptr && *named != '\0'
             ? fs::path(named)
             : fs::path(ROLLOUT_MCP_SOURCE).parent_path() / "shared" / "corpus";
}

std::string text_of(const Json& row, const char* key) {
  return row.contains(key) && row[key].is_string() ? row[key].get<std::string>() : std::string();
}

void check(const fs::path& directory, const Json& row) {
  SCOPED_TRACE(row.dump());
  const std::string before = read_bytes(directory / text_of(row, "file"));
  engine::TagLocation place;
  place.image_name = text_of(row, "image");
  const auto tag = engine::ImageTag::parse(text_of(row, "tag"));
  ASSERT_TRUE(tag);
  const auto result = engine::set_image_tag(text_of(row, "file"), before, place, *tag);
  if (text_of(row, "outcome") == "edited") {
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->bytes, read_bytes(directory / text_of(row, "expected")));
  } else {
    ASSERT_FALSE(result) << result->bytes;
    EXPECT_NE(result.error().code, engine::Code::internal) << result.error().message;
    EXPECT_FALSE(result.error().hint.empty());
  }
}

class ManifestEditCorpus : public testing::TestWithParam<const char*> {};

TEST_P(ManifestEditCorpus, IsEditedByteForByte) {
  const fs::path directory = corpus() / GetParam();
  std::ifstream manifest(directory / "manifest.jsonl");
  if (!manifest) {
    GTEST_SKIP() << "no corpus at " << directory << "; name one with ROLLOUT_MCP_CORPUS";
  }
  std::size_t rows = 0;
  for (std::string line; std::getline(manifest, line); ++rows) {
    check(directory, Json::parse(line));
  }
  EXPECT_GT(rows, 0U);
}

INSTANTIATE_TEST_SUITE_P(Corpora, ManifestEditCorpus, testing::Values("real", "respelled"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
