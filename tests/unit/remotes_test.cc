// The remotes in the text of a repository's configuration. tests/remotes and tests/e2e have real
// ones.

#include "engine/checkout/remotes.h"

#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::remote_urls;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Remotes, AreTheUrlsOfItsSections) {
  EXPECT_THAT(remote_urls("[core]\n\turl = no\n"
                          "[remote \"origin\"]\n"
                          "\turl = git@github.com:acme/papi.git\n"
                          "\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
                          "\tpushurl = ssh://elsewhere/x\n"
                          "[branch \"main\"]\n\tremote = origin\n"
                          "[REMOTE \"up]st\\\"ream\"]\n\tURL=https://github.com/acme/papi\n"),
              ElementsAre("git@github.com:acme/papi.git", "https://github.com/acme/papi"));
}

TEST(Remotes, AreReadAsGitReadsThem) {
  // Checked with `git config --file F --get remote.a.url`.
  const auto url = [](const std::string& value) {
    return remote_urls("[remote \"a\"]\nurl" + value);
  };
  EXPECT_THAT(url(" = https://h/a # said aside\n"), ElementsAre("https://h/a"));
  EXPECT_THAT(url(" = \"https://h/a;b\" ; said aside\n"), ElementsAre("https://h/a;b"));
  EXPECT_THAT(url(" = https://h/\\\na\n"), ElementsAre("https://h/a"));
  EXPECT_THAT(url(" = https://h/\\\r\na\r\n"), ElementsAre("https://h/a"));
  EXPECT_THAT(url(" = a\\tb\\\\c\\\"d\\n\\b"), ElementsAre("a\tb\\c\"d\n\b"));
  EXPECT_THAT(url(" = \"a \"  \n"), ElementsAre("a "));
  EXPECT_THAT(url(" = a  b\t\n"), ElementsAre("a  b"));
  EXPECT_THAT(url("=x"), ElementsAre("x"));
  EXPECT_THAT(url("=x\\"), ElementsAre("x"));
  EXPECT_THAT(url("\n"), IsEmpty());
  EXPECT_THAT(url(" =\n"), IsEmpty());
  EXPECT_THAT(remote_urls("\xEF\xBB\xBF[remote \"a\"] url = x\n"), ElementsAre("x"));
}

TEST(Remotes, EndWhereTheTextIsNoConfiguration) {
  const std::string good = "[remote \"a\"]\nurl = x\n";
  for (const char* bad :
       {"[remote \"b\nurl = y\n", "[remote \"b\"\nurl = y\n", "= z\n", "[remote \"b\"]\nurl : y\n",
        "[remote \"b\"]\nurl = \"y\n", "[remote \"b\"]\nurl = y\\q\n", "["}) {
    EXPECT_THAT(remote_urls(good + bad), ElementsAre("x")) << bad;
  }
  EXPECT_THAT(remote_urls(""), IsEmpty());
  EXPECT_THAT(remote_urls("[include]\npath = /etc/passwd\n[includeIf \"x\"]\npath = y\n"),
              IsEmpty());
}

std::string pushed_to(const std::string& configuration, const std::string& users = "",
                      const std::optional<std::string>& branch = "main") {
  const auto remotes = engine::branch_remotes(engine::configuration_entries(configuration), branch);
  const auto remote = engine::push_remote(remotes, users);
  return remote ? remote->name : "none";
}

constexpr const char* kThree =
    "[remote \"origin\"]\nurl = o\n[remote \"fork\"]\nurl = f\n[remote \"up\"]\nurl = u\n";

TEST(PushRemote, IsWhatTheBranchAndThenTheDefaultAndThenTheUpstreamSay) {
  const std::string upstream = "[branch \"main\"]\nremote = up\n";
  const std::string push_remote = "[branch \"main\"]\npushRemote = fork\n";
  const std::string push_default = "[remote]\npushDefault = fork\n";
  EXPECT_EQ(pushed_to(kThree), "origin");
  EXPECT_EQ(pushed_to(kThree + upstream), "up");
  EXPECT_EQ(pushed_to(kThree + upstream + push_default), "fork");
  EXPECT_EQ(pushed_to(kThree + upstream, "fork"), "fork");
  EXPECT_EQ(pushed_to(kThree + push_default, "up"), "fork");
  EXPECT_EQ(pushed_to(kThree + push_remote + "[remote]\npushdefault = up\n"), "fork");
  EXPECT_EQ(pushed_to(kThree + upstream, "", "other"), "origin");
  EXPECT_EQ(pushed_to(kThree + upstream, "", std::nullopt), "origin");
  EXPECT_EQ(pushed_to(kThree + upstream, "gone"), "up");
}

TEST(PushRemote, IsTheOnlyOneOrNone) {
  EXPECT_EQ(pushed_to("[remote \"a\"]\nurl = x\n"), "a");
  EXPECT_EQ(pushed_to("[remote \"a\"]\nurl = x\n[remote \"b\"]\nurl = y\n"), "none");
  EXPECT_EQ(pushed_to("[remote \"a\"]\nfetch = x\n"), "none");
  EXPECT_EQ(pushed_to(""), "none");
}

TEST(PushRemote, MayBeAnAddressAndIsNeverTheRepositoryItself) {
  EXPECT_EQ(pushed_to("[branch \"main\"]\npushRemote = https://h/x\n"), "https://h/x");
  EXPECT_EQ(pushed_to("[branch \"main\"]\nremote = .\n[remote \"origin\"]\nurl = x\n"), "origin");
}

TEST(PushRemote, HasTheFirstOfItsAddresses) {
  const auto remotes = engine::branch_remotes(
      engine::configuration_entries("[remote \"a\"]\nurl = 1\nurl = 2\npushurl = 3\npushurl = 4\n"),
      "main");
  const auto remote = engine::push_remote(remotes, "");
  ASSERT_TRUE(remote);
  EXPECT_EQ(remote->url, "1");
  EXPECT_EQ(remote->push_url, "3");
}

std::string upstream(const std::string& refspec, const std::string& merge = "refs/heads/x/y") {
  return engine::upstream_ref(engine::branch_remotes(
      engine::configuration_entries("[remote \"o\"]\nurl = u\n" + refspec +
                                    "[branch \"b\"]\nremote = o\nmerge = " + merge + "\n"),
      "b"));
}

TEST(UpstreamRef, IsWhereTheRemotesRefspecsPutTheBranch) {
  EXPECT_EQ(upstream("fetch = +refs/heads/*:refs/remotes/o/*\n"), "refs/remotes/o/x/y");
  EXPECT_EQ(upstream("fetch = refs/heads/x/*:refs/remotes/o/only/*\n"), "refs/remotes/o/only/y");
  EXPECT_EQ(upstream("fetch = +refs/heads/x/y:refs/remotes/o/z\n"), "refs/remotes/o/z");
  EXPECT_EQ(upstream("fetch = +refs/heads/main:refs/remotes/o/main\n"
                     "fetch = +refs/heads/*/y:refs/remotes/o/*/y\n"),
            "refs/remotes/o/x/y");
}

TEST(UpstreamRef, IsNoneWhereThereIsNone) {
  EXPECT_EQ(upstream(""), "");
  EXPECT_EQ(upstream("fetch = +refs/heads/main:refs/remotes/o/main\n"), "");
  EXPECT_EQ(upstream("fetch = +refs/heads/x/y\n"), "");
  EXPECT_EQ(upstream("fetch = +refs/heads/*:refs/remotes/o/*\n", ""), "");
  EXPECT_EQ(
      engine::upstream_ref(engine::branch_remotes(
          engine::configuration_entries("[branch \"b\"]\nremote = .\nmerge = refs/heads/main\n"),
          "b")),
      "");
}

}  // namespace
