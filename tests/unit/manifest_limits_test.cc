// Manifests that are large, deep or made to explode: refused or edited, without expanding anything.
#include <string>

#include <gtest/gtest.h>

#include "engine/base/limits.h"
#include "engine/manifest/edit.h"
#include "engine/yaml/source_map.h"

namespace {

const std::string kEntry = "images:\n- name: app\n  newTag: v1\n";

engine::Result<engine::ManifestEdit> edit(const std::string& bytes) {
  engine::TagLocation place;
  place.image_name = "app";
  return engine::set_image_tag("x.yaml", bytes, place, *engine::ImageTag::parse("pr-1-0c0ffee"));
}

std::string with_comment_up_to(std::size_t size) {
  return kEntry + "# " + std::string(size - kEntry.size() - 3, 'x') + "\n";
}

TEST(ManifestLimits, EditsExactlyTheLargestSize) {
  const auto result = edit(with_comment_up_to(engine::kMaxManifestBytes));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->changed);
}

TEST(ManifestLimits, EditsAfterAVeryLongLine) {
  const auto result = edit("x: [" + std::string(500000, ' ') + "é]\n" + kEntry);
  ASSERT_TRUE(result) << result.error().message;
}

TEST(ManifestLimits, EditsBesideAVeryLongPlainScalar) {
  const std::string spaces(300000, ' ');
  const auto result = edit("images:\n- name: app\n  newTag: a" + spaces + "b\n");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->bytes, "images:\n- name: app\n  newTag: pr-1-0c0ffee\n");
}

TEST(ManifestLimits, RefusesDeepNestingOfAnyStyle) {
  std::string blocks = "x:\n";
  std::string dashes = "x:\n  ";
  for (std::size_t i = 0; i < 3 * engine::kMaxYamlDepth; ++i) {
    blocks += std::string(i + 1, ' ') + "a:\n";
    dashes += "- ";
  }
  const std::string brackets(1000000, '[');
  for (const std::string& deep : {blocks, dashes + "\n", "x: " + brackets}) {
    const auto result = edit(kEntry + deep);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
  }
}

TEST(ManifestLimits, DoesNotExpandAliases) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before +
            "]\n";
  }
  const auto result = edit(bomb + kEntry);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
}

TEST(ManifestLimits, DoesNotExpandMergeKeys) {
  std::string bomb = "a0: &a0 {k: v}\n";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + before + ", " +
            before + "]}\n";
  }
  const auto result = edit(bomb + "images:\n- <<: *a59\n  name: app\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
}

TEST(ManifestLimits, EditsBesideAliasesUpToTheLimit) {
  const auto doubled = [](int times) {
    std::string text = "a0: &a0 {k: v}\n";
    for (int i = 1; i < times; ++i) {
      const std::string before = "*a" + std::to_string(i - 1);
      text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " {<<: [" + before + ", " +
              before + "]}\n";
    }
    return text + "images:\n- <<: *a" + std::to_string(times - 1) + "\n  name: app\n";
  };
  const auto result = edit(doubled(15));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_TRUE(result->bytes.ends_with("  newTag: pr-1-0c0ffee\n"));
  EXPECT_FALSE(edit(doubled(20)));
}

TEST(ManifestLimits, FindsNoEndInMergeKeysThatGoInCircles) {
  const auto result = edit("images:\n- &e\n  <<: [*e, {<<: *e}]\n  name: app\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
}

TEST(ManifestLimits, RefusesTagsThatExpand) {
  const std::string prefix(100000, 'x');
  const auto result = edit("%TAG !e! " + prefix + "\n---\n" + kEntry + "x: [!e!a 1, !e!b 2]\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
}

TEST(ManifestLimits, EditsManyEntriesOfTheName) {
  std::string text = "images:\n";
  for (int i = 0; i < 5000; ++i) {
    text += i % 2 == 0 ? "- {name: app}\n" : "- name: app\n  newTag: v1\n";
  }
  const auto result = edit(text);
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->bytes.find("v1"), std::string::npos);
  EXPECT_FALSE(edit(result->bytes)->changed);
}

// Names that kustomize reads as regular expressions, made to be tried for ever.
TEST(ManifestLimits, BoundsTheWorkOfRegularExpressions) {
  engine::TagLocation place;
  place.image_name = std::string(200, 'a');
  place.catalog_images = {place.image_name};
  const auto tag = *engine::ImageTag::parse("pr-1-0c0ffee");
  for (const char* const costly :
       {"(((a+)+)+)+[bc]", "(a|a)*[bc]", "(a|aa)+[bc]", "(.*)*(.*)*(.*)*[bc]",
        "(a?){200}a{200}[bc]", "((a{1,200}){1,200}){1,200}[bc]"}) {
    const std::string text = "images:\n- name: '" + std::string(costly) + "'\n  newTag: v1\n";
    const auto result = engine::set_image_tag("x.yaml", text, place, tag);
    ASSERT_FALSE(result) << costly;
    EXPECT_NE(result.error().code, engine::Code::internal) << costly;
  }
}

TEST(ManifestLimits, RefusesMoreRegularExpressionsThanAreTried) {
  std::string text = "images:\n";
  for (int i = 0; i < 100; ++i) {
    text += "- name: x" + std::to_string(i) + ".*\n";
  }
  EXPECT_EQ(edit(text).error().code, engine::Code::image_not_found);
  const auto result = edit(text + "- name: '[a]pp'\n");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::bad_manifest) << result.error().message;
  EXPECT_TRUE(edit(text + "- name: '[a]pp'\n- name: app\n"));
}

TEST(ManifestLimits, ListsTheFirstOfManyPaths) {
  std::string text = "kind: HelmRelease\nspec:\n  values:\n";
  for (int i = 0; i < 5000; ++i) {
    text += "    a" + std::to_string(i) + ": {image: {tag: v1}}\n";
  }
  engine::TagLocation place;
  place.type = "helm-values";
  const auto result =
      engine::set_image_tag("x.yaml", text, place, *engine::ImageTag::parse("pr-1-0c0ffee"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, engine::Code::image_not_found);
  EXPECT_NE(result.error().hint.find(".spec.values.a29.image.tag"), std::string::npos);
  EXPECT_LT(result.error().hint.size(), 2000U);
}

}  // namespace
