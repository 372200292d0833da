// What the text of a tag shows by its form.
#include "engine/manifest/tag_text.h"

#include <string>

#include <gtest/gtest.h>

namespace {

TEST(TagText, ATagIsWhatARegistryTakesForOne) {
  for (const char* tag : {"v1", "1.10", "_x", "pr-42-a1b2c3d", "A.b_c-d", "0"}) {
    EXPECT_TRUE(engine::is_image_tag(tag)) << tag;
  }
  for (const char* text : {"", ".x", "-x", "a b", "a:b", "a/b", "v1@sha256", "${TAG}", "v\u00e9",
                           "a\n", "a\"", "a'", "a\\", "a#b", "{a}"}) {
    EXPECT_FALSE(engine::is_image_tag(text)) << text;
  }
  EXPECT_TRUE(engine::is_image_tag(std::string(128, 'a')));
  EXPECT_FALSE(engine::is_image_tag(std::string(129, 'a')));
}

TEST(TagText, ATagWithoutQuotesIsAStringToEveryReader) {
  for (const char* tag : {"v1", "latest", "1.2.3", "pr-42-a1b2c3d", "1.10-rc1", "main-123", "_1",
                          "20260101-nightly", "nothing", "10.0.0.1", "e1", "1.2.3-4"}) {
    EXPECT_TRUE(engine::is_string_without_quotes(tag)) << tag;
  }
  // To readers of YAML 1.1 or 1.2: numbers, dates, truth values and nothing.
  for (const char* tag :
       {"1",    "1.10", "0123456", "0x1f", "0o17",  "0b11", "1e5",        "1_000", "1_0.2.3",
        "12e3", "1.",   "true",    "No",   "on",    "OFF",  "y",          "N",     "null",
        "Null", "yes",  "1234567", "1.e2", "1.5e3", "",     "2026-01-01", "123-4", "1.2e-3"}) {
    EXPECT_FALSE(engine::is_string_without_quotes(tag)) << tag;
  }
}

}  // namespace
