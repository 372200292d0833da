// Compared with what `git remote get-url` and `git remote get-url --push` say of the same
// configuration.
#include "engine/git/url_rewriting.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using engine::UrlRewriting;
using Entries = std::vector<std::pair<std::string, std::string>>;

const UrlRewriting kRewriting({{"url.https://mirror.example/.insteadof", "https://h/"},
                               {"url.https://team.example/.insteadof", "https://h/team/"},
                               {"url.ssh://git@h/.pushinsteadof", "https://h/"},
                               {"url.https://second/.insteadof", "https://h/"},
                               {"core.sshcommand", "https://h/"},
                               {"url.insteadof", "x"}});

TEST(UrlRewriting, TheLongestPrefixWinsAndThenTheFirst) {
  EXPECT_EQ(kRewriting.rewritten("https://h/papi.git"), "https://mirror.example/papi.git");
  EXPECT_EQ(kRewriting.rewritten("https://h/team/papi.git"), "https://team.example/papi.git");
}

TEST(UrlRewriting, AnotherAddressStays) {
  EXPECT_EQ(kRewriting.rewritten("https://other/papi.git"), "https://other/papi.git");
  EXPECT_EQ(kRewriting.for_push("https://other/papi.git"), "https://other/papi.git");
  EXPECT_EQ(UrlRewriting().rewritten("x"), "x");
}

TEST(UrlRewriting, OnlyAPushGoesWherePushesGo) {
  EXPECT_EQ(kRewriting.for_push("https://h/team/papi.git"), "ssh://git@h/team/papi.git");
}

TEST(UrlRewriting, AnEmptyPrefixIsThatOfEveryAddress) {
  EXPECT_EQ(UrlRewriting(Entries{{"url.file:///mirror/.insteadof", ""}}).rewritten("papi"),
            "file:///mirror/papi");
}

}  // namespace
