#include "engine/config/misspelt_field.h"

#include <array>

#include <gtest/gtest.h>

#include "engine/config/catalog.h"

namespace {

using engine::Catalog;
using engine::Code;
using engine::meant_field;
using engine::Misspelling;

constexpr std::array<std::string_view, 4> kKnown = {"file", "path", "services", "imagePrefixes"};

TEST(MisspeltField, PluralAndSingularCountOnlyWherePeopleHaveNoFieldsOfTheirOwn) {
  for (const auto& [spelt, field] : {std::pair("files", "file"),
                                     {"service", "services"},
                                     {"imagePrefix", "imagePrefixes"},
                                     {"image_prefix", "imagePrefixes"},
                                     {"Paths", "path"}}) {
    EXPECT_EQ(meant_field(spelt, kKnown, Misspelling::any), field) << spelt;
    EXPECT_EQ(meant_field(spelt, kKnown, Misspelling::no_other_word), std::nullopt) << spelt;
  }
}

TEST(MisspeltField, AnotherWordIsNoneAndEveryOtherLetterIs) {
  for (const char* const word : {"patch", "Patch", "tile", "fine", "pat"}) {
    EXPECT_NE(meant_field(word, kKnown, Misspelling::any), std::nullopt) << word;
    EXPECT_EQ(meant_field(word, kKnown, Misspelling::no_other_word), std::nullopt) << word;
  }
  for (const char* const word : {"pathh", "ptah", "pth", "_path", "PATH", "pa-th", "fille", "flie",
                                 "Services", "serivces", "image_prefixes"}) {
    EXPECT_NE(meant_field(word, kKnown, Misspelling::no_other_word), std::nullopt) << word;
  }
}

engine::Error refusal(const std::string& text, const char* service = nullptr) {
  const auto catalog = Catalog::parse(text, "/c/services.json");
  if (service == nullptr) {
    EXPECT_FALSE(catalog) << text;
    return catalog ? engine::Error() : catalog.error();
  }
  EXPECT_TRUE(catalog) << text;
  const auto found = catalog->find_service(service);
  if (!found) {
    return found.error();
  }
  const auto group = catalog->find_image_group(*found);
  EXPECT_FALSE(group) << text;
  return group ? engine::Error() : group.error();
}

TEST(MisspeltField, OfAServiceIsRefusedWithThePlace) {
  const engine::Error error =
      refusal("{\"services\": {\n  \"a/b\": {\n    \"image_group\": \"g\"}}}", "a/b");
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_EQ(
      error.message,
      "/c/services.json:3:20: services/a~1b/image_group: there is no field `image_group`, but "
      "there is `imageGroup`.");
  EXPECT_NE(error.hint.find("Write the field as `imageGroup`."), std::string::npos);
  for (const char* const field :
       {"imagegroup", "ImageGroup", "imageGrop", "image-group", "Kustomization", "customization",
        "kustomizationnamespace", "name_space", "namespce", "deplyoment", "Description"}) {
    EXPECT_EQ(refusal(std::string(R"({"services": {"a": {")") + field + R"(": "x"}}})", "a").code,
              Code::bad_config)
        << field;
  }
}

TEST(MisspeltField, OfAnImageGroupIsRefused) {
  for (const char* const field : {"File", "image_name", "imagename", "imgeName", "Type", "tyep",
                                  "Path", "_path", "pahth", "Services", "kustomisation"}) {
    const engine::Error error =
        refusal(std::string(R"({"services": {"a": {"imageGroup": "g"}}, "imageGroups": {"g": {
                                 "file": "f", "imageName": "i", ")") +
                    field + R"(": "x"}}})",
                "a");
    EXPECT_EQ(error.code, Code::bad_config) << field;
    EXPECT_NE(error.message.find("/c/services.json:2:"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("imageGroups/g/" + std::string(field)), std::string::npos);
  }
}

TEST(MisspeltField, TheOtherEntriesStayUsable) {
  const auto catalog = Catalog::parse(
      R"({"services": {"a": {"imagegroup": "g"}, "b": {"imageGroup": "g"}, "c": {"imageGroup": "h"}},
          "imageGroups": {"g": {"file": "f", "imageName": "i"},
                          "h": {"file": "f", "imagename": "i"}}})",
      "/c/services.json");
  ASSERT_TRUE(catalog);
  EXPECT_FALSE(catalog->find_service("a"));
  EXPECT_TRUE(catalog->find_image_group(*catalog->find_service("b")));
  EXPECT_FALSE(catalog->find_image_group(*catalog->find_service("c")));
}

TEST(MisspeltField, FieldsOfOthersAreIgnoredInEntries) {
  const auto catalog = Catalog::parse(
      R"({"services": {"a": {"imageGroup": "g", "fluxPath": "x", "owner": "x", "images": [], "image": "x",
            "paths": [], "path": "x", "file": "x", "files": [], "name": "a", "names": [], "team": 1,
            "descriptions": [], "deployments": [], "namespaces": [], "kustomizations": [], "type": "x",
            "imageGroups": [], "project": "x", "group": "x", "tag": "x", "url": "x", "metadata": {}}},
          "imageGroups": {"g": {"file": "f", "imageName": "i", "yqPath": "x", "description": "x",
            "paths": [], "files": [], "types": [], "typed": true, "patch": "x", "tile": "x",
            "imageNames": [], "service": "a", "wiring": {}, "name": "g", "image": "x", "profile": "x",
            "title": "x", "deployment": "d", "version": 1}}})",
      "/c/services.json");
  ASSERT_TRUE(catalog);
  const auto service = catalog->find_service("a");
  ASSERT_TRUE(service) << service.error().message;
  const auto group = catalog->find_image_group(*service);
  ASSERT_TRUE(group) << group.error().message;
}

TEST(MisspeltField, AtTheTopOfACatalogIsRefused) {
  for (const char* const text :
       {R"({"service": {"a": {}}, "imageGroups": {}})", R"({"services": {}, "imageGroup": {}})",
        R"({"services": {}, "imagegroups": {}})", R"({"services": {}, "image_groups": {}})",
        R"({"Services": {}})", R"({"services": {}, "generated_at": "then"})",
        R"({"services": {}, "generatedat": "then", "generatedAt": "now"})"}) {
    EXPECT_EQ(refusal(text).code, Code::bad_config) << text;
  }
  EXPECT_EQ(refusal("{\"services\": {},\n \"imagegroups\": {}}").message,
            "/c/services.json:2:17: imagegroups: there is no field `imagegroups`, but there is "
            "`imageGroups`.");
}

TEST(MisspeltField, FieldsOfOthersAreIgnoredAtTheTop) {
  for (const char* const text :
       {R"({"services": {}, "service": "x", "imageGroups": {}, "imageGroup": "x"})",
        R"({"version": 1, "$schema": "x", "metadata": {"generated_at": "x"}, "generatedFrom": "x",
            "generator": "x", "groups": {}, "images": {}, "servers": {}, "description": "x"})"}) {
    EXPECT_TRUE(Catalog::parse(text, "/c/services.json")) << text;
  }
}

}  // namespace
