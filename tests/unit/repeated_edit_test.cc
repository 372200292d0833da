// An edit made again with the tag that another version of the file has: what proves that a proposal
// changes nothing else.
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "engine/manifest/edit.h"
#include "tests/support/expect_ok.h"

namespace {

using engine::Code;
using engine::repeat_image_tag;
using engine::TagLocation;

const TagLocation kPlace{.type = "kustomize-images", .image_name = "backend"};

std::string images(const std::string& tag, const std::string& more = "") {
  return "images:\n  - name: backend\n" + tag + more;
}

auto repeated(const std::string& before, const std::string& after) {
  return repeat_image_tag("k.yaml", before, after, kPlace);
}

TEST(RepeatedEdit, IsTheOtherVersionWhereOnlyTheTagDiffers) {
  for (const auto& [before, after] :
       {std::pair(images("    newTag: pr-1-abcdef0\n"), images("    newTag: pr-2-abcdef0\n")),
        std::pair(images("    newTag: 'pr-1-abcdef0' # why\n"),
                  images("    newTag: 'pr-2-abcdef0' # why\n")),
        std::pair(images("    newTag: pr-1-abcdef0\n"), images("    newTag: \"1.20\"\n")),
        std::pair(images(""), images("    newTag: pr-2-abcdef0\n")),
        std::pair(images("    newTag: v1\r\n"), images("    newTag: v2\r\n"))}) {
    const auto made = repeated(before, after);
    ASSERT_TRUE(test::ok(made));
    EXPECT_EQ(*made, after);
  }
}

TEST(RepeatedEdit, IsAnotherVersionWhereMoreDiffers) {
  const std::string before = images("    newTag: v1\n", "namespace: backend\n");
  for (const std::string& after :
       {images("    newTag: v2\n", "namespace: other\n"), images("    newTag: v2\n"),
        images("    newTag: 'v2'\n", "namespace: backend\n"),
        images("    newTag: v2 # mine\n", "namespace: backend\n")}) {
    const auto made = repeated(before, after);
    ASSERT_TRUE(test::ok(made));
    EXPECT_NE(*made, after);
  }
}

TEST(RepeatedEdit, NeedsATagInTheOtherVersion) {
  const std::string before = images("    newTag: v1\n");
  EXPECT_TRUE(test::fails(repeated(before, images("")), Code::image_not_found));
  EXPECT_TRUE(test::fails(repeated(before, "images: []\n"), Code::image_not_found));
  EXPECT_FALSE(repeated(before, "images: [\n"));
}

}  // namespace
