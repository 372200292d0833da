#include "engine/config/rwenv_fields.h"

#include <array>
#include <utility>

#include <gtest/gtest.h>

#include "engine/config/rwenv.h"
#include "tests/support/engine_host.h"

namespace {

using engine::Code;
using engine::meant_rwenv_field;

constexpr std::array<std::string_view, 14> kFields = {
    "fluxGitRepo",    "fluxGitRepoType", "fluxGitBranch",  "fluxPath",      "fluxWrite",
    "fluxForge",      "readOnly",        "confirmReplace", "imagePrefixes", "kubernetesContext",
    "kubeconfigPath", "devContainer",    "description",    "type",
};

std::string upper(std::string text) {
  for (char& c : text) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return text;
}

TEST(RwenvFields, EveryOneIsKnownThoughAnotherIsNearIt) {
  for (const std::string_view field : kFields) {
    EXPECT_EQ(meant_rwenv_field(field), std::nullopt) << field;
  }
}

TEST(RwenvFields, CaseAndWhatStandsBetweenWordsDoNotMakeAnother) {
  for (const std::string_view field : kFields) {
    const std::string name(field);
    for (const std::string& spelt :
         {upper(name), "_" + name, name + "-", upper("-" + name + "_")}) {
      EXPECT_EQ(meant_rwenv_field(spelt), field) << spelt;
    }
  }
  for (const auto& [spelt, field] : {std::pair("readonly", "readOnly"),
                                     {"read_only", "readOnly"},
                                     {"read-only", "readOnly"},
                                     {"READ_ONLY", "readOnly"},
                                     {"ReadOnly", "readOnly"},
                                     {"flux_git_repo", "fluxGitRepo"},
                                     {"fluxgitrepotype", "fluxGitRepoType"},
                                     {"imagePrefix", "imagePrefixes"},
                                     {"kubeConfigPath", "kubeconfigPath"}}) {
    EXPECT_EQ(meant_rwenv_field(spelt), field) << spelt;
  }
}

TEST(RwenvFields, OneLetterAtEveryPlaceDoesNotMakeAnother) {
  for (const std::string_view field : kFields) {
    const std::string name(field);
    for (std::size_t i = 0; i <= name.size(); ++i) {
      EXPECT_EQ(meant_rwenv_field(std::string(name).insert(i, 1, 'q')), field) << field << i;
      if (i < name.size()) {
        EXPECT_EQ(meant_rwenv_field(std::string(name).erase(i, 1)), field) << field << i;
        EXPECT_EQ(meant_rwenv_field(std::string(name).replace(i, 1, 1, 'q')), field) << field << i;
      }
      if (i + 1 < name.size()) {
        std::string swapped(name);
        std::swap(swapped[i], swapped[i + 1]);
        EXPECT_EQ(meant_rwenv_field(swapped), swapped == name ? std::nullopt : std::optional(field))
            << swapped;
      }
    }
  }
}

TEST(RwenvFields, ALetterThatOnlyLooksAlikeOrIsNotSeenIsOne) {
  EXPECT_EQ(meant_rwenv_field("read\u041enly"), "readOnly");   // a Cyrillic O
  EXPECT_EQ(meant_rwenv_field("read\u200bOnly"), "readOnly");  // a space without width
  EXPECT_EQ(meant_rwenv_field("readOnly "), "readOnly");
}

TEST(RwenvFields, WhatIsLikeNoneIsOthers) {
  for (const char* const field : {"",
                                  "x",
                                  "readWrite",
                                  "read",
                                  "only",
                                  "writable",
                                  "flux",
                                  "gitRepo",
                                  "fluxRepo",
                                  "cluster",
                                  "namespace",
                                  "kubeContext",
                                  "dev",
                                  "container",
                                  "descr",
                                  "tags",
                                  "kind",
                                  "forge",
                                  "protected",
                                  "readOnlyUntil",
                                  "fluxPathPrefix",
                                  "typescript",
                                  "safe",
                                  "services",
                                  "\u0442\u0443\u0440e"}) {
    EXPECT_EQ(meant_rwenv_field(field), std::nullopt) << field;
  }
}

class RwenvFieldsOfFile : public ::testing::Test {
 protected:
  engine::Result<engine::Rwenv> load(const std::string& content, const std::string& name = "dev") {
    sandbox_.directory.write("home/.claude/rwenv/envs.json", content);
    return engine::load_rwenv(sandbox_.config(), name);
  }
  engine::Error refusal(const std::string& content) {
    const auto rwenv = load(content);
    EXPECT_FALSE(rwenv) << content;
    return rwenv ? engine::Error() : rwenv.error();
  }

  test::EngineHost sandbox_;
};

TEST_F(RwenvFieldsOfFile, AMisspeltOneIsRefusedNamingBothAndThePlace) {
  const auto error = refusal("{\"rwenvs\": {\"dev\": {\n  \"readonly\": true\n}}}");
  EXPECT_EQ(error.code, Code::bad_config);
  EXPECT_EQ(error.message, (sandbox_.config() / "envs.json").string() +
                               ":2:15: rwenvs/dev/readonly: there is no field `readonly`, but "
                               "there is `readOnly`.");
  EXPECT_NE(error.hint.find("Write the field as `readOnly`."), std::string::npos);
}

TEST_F(RwenvFieldsOfFile, AMisspeltOneIsRefusedBesideTheRightOneAndWhateverItsValueIs) {
  for (const char* const fields :
       {R"("readOnly": true, "readonly": false)", R"("read_only": null)", R"("readOnyl": "yes")",
        R"("fluxGitRepos": "https://h/x")", R"("imagePrefix": ["x/"])",
        R"("fluxGitRepo": "https://h/x", "types": [])"}) {
    EXPECT_EQ(refusal(R"({"rwenvs": {"dev": {)" + std::string(fields) + "}}}").code,
              Code::bad_config)
        << fields;
  }
}

TEST_F(RwenvFieldsOfFile, TheOtherRwenvsOfTheFileStayUsable) {
  const char* const content =
      R"({"rwenvs": {"dev": {"readonly": true}, "prod": {"readOnly": true, "owner": "x"}}})";
  EXPECT_FALSE(load(content, "dev"));
  const auto prod = load(content, "prod");
  ASSERT_TRUE(prod) << prod.error().message;
  EXPECT_TRUE(prod->read_only);
}

TEST_F(RwenvFieldsOfFile, TheNameOfAnRwenvMayBeLikeAField) {
  EXPECT_TRUE(load(R"({"rwenvs": {"readonly": {}}})", "readonly"));
}

TEST_F(RwenvFieldsOfFile, AtTheTopItIsRefusedForEveryRwenv) {
  for (const char* const content : {R"({"rwenv": {"dev": {}}})", R"({"rwEnvs": {"dev": {}}})",
                                    R"({"useDevcontainer": false, "rwenvs": {"dev": {}}})",
                                    R"({"dev_container": "x", "rwenvs": {"dev": {}}})"}) {
    EXPECT_EQ(refusal(content).code, Code::bad_config) << content;
  }
  // Where the rwenvs are found, it is another program's.
  EXPECT_TRUE(load(R"({"rwenv": "dev", "version": 2, "rwenvs": {"dev": {}}})"));
}

}  // namespace
