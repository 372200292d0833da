// The patterns of `.sourceignore` and of a GitRepository's `ignore`.
#include "engine/effect/ignore_rules.h"

#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace {

using engine::match_ignore_rules;

bool ignores(const std::string& rules, const std::string& path, const std::string& directory = "") {
  const auto match = match_ignore_rules(rules, directory, path);
  return match && match->ignored;
}

TEST(IgnoreRules, MatchByTheRulesOfGitignore) {
  const std::string path = "apps/papi/kustomization.yaml";
  for (const char* const rules : {"apps",
                                  "apps/",
                                  "/apps",
                                  "/apps/papi/",
                                  "papi",
                                  "*.yaml",
                                  "/*",
                                  "*",
                                  "**/papi",
                                  "apps/**",
                                  "apps/*/kustomization.yaml",
                                  "kustomization.???l",
                                  "[a-c]pps",
                                  "[^b]pps",
                                  "a*s",
                                  "\\apps",
                                  "apps \r",
                                  "# no\n\napps\n",
                                  "!apps\napps",
                                  "apps/**/kustomization.yaml",
                                  "/**/kustomization.yaml"}) {
    EXPECT_TRUE(ignores(rules, path)) << rules;
  }
  for (const char* const rules :
       {"", "#apps", "/papi", "app", "pps", "kustomization.yaml/", "apps/papi/kustomization.yaml/",
        "apps/kustomization.yaml", "[b]pps", "[apps", "!apps", "apps\n!apps", "/*\n!/apps",
        "/*\n!/apps/", "!", "/", "apps\\", "papi/apps", "[^a]pps"}) {
    EXPECT_FALSE(ignores(rules, path)) << rules;
  }
}

TEST(IgnoreRules, OfADirectoryAreMeantFromThere) {
  EXPECT_TRUE(ignores("/papi", "apps/papi/kustomization.yaml", "apps"));
  EXPECT_FALSE(ignores("/apps", "apps/papi/kustomization.yaml", "apps"));
}

TEST(IgnoreRules, TellTheLastPatternAndItsLine) {
  const auto match = match_ignore_rules("apps/\n\n!papi\n*.yaml \n", "", "apps/papi/a.yaml");
  ASSERT_TRUE(match);
  EXPECT_TRUE(match->ignored);
  EXPECT_EQ(match->pattern, "*.yaml");
  EXPECT_EQ(match->line, 4U);
}

// Would take for ever if every star were tried at every place.
TEST(IgnoreRules, TakeNoLongerForManyStars) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) {
    pattern += "*a";
  }
  EXPECT_FALSE(ignores(pattern + "b", std::string(2000, 'a')));
  std::string path = "a";
  for (int i = 0; i < 500; ++i) {
    path += "/a";
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) {
    deep += "**/a/";
  }
  EXPECT_FALSE(ignores(deep + "b", path));
}

}  // namespace
