#include "engine/forge/gh_hosts.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/support/engine_host.h"

namespace {

using engine::lists_host;

class GhHosts : public testing::Test {
 protected:
  bool may_know(const char* host) { return engine::gh_may_know(machine_.host().environment, host); }

  test::EngineHost machine_;
};

TEST_F(GhHosts, AreGitHubsOwn) {
  for (const char* host : {"github.com", "ssh.github.com", "acme.ghe.com"}) {
    EXPECT_TRUE(may_know(host)) << host;
  }
  for (const char* host :
       {"gitlab.com", "notgithub.com", "github.com.example", "gitea.example", ""}) {
    EXPECT_FALSE(may_know(host)) << host;
  }
}

TEST_F(GhHosts, AreThoseOfItsLogins) {
  const char* const hosts = "github.com:\n    user: dana\nGHE.example:\n    user: dana\n";
  machine_.directory.write("home/.config/gh/hosts.yml", hosts);
  EXPECT_TRUE(may_know("ghe.example"));
  EXPECT_FALSE(may_know("gitlab.com"));
  machine_.variables["XDG_CONFIG_HOME"] = (machine_.directory.path() / "xdg").string();
  EXPECT_FALSE(may_know("ghe.example"));
  machine_.directory.write("xdg/gh/hosts.yml", hosts);
  EXPECT_TRUE(may_know("ghe.example"));
  machine_.variables["GH_CONFIG_DIR"] = (machine_.directory.path() / "gh").string();
  EXPECT_FALSE(may_know("ghe.example"));
  machine_.directory.write("gh/hosts.yml", hosts);
  EXPECT_TRUE(may_know("ghe.example"));
}

TEST_F(GhHosts, AreAllWhereItsLoginsCannotBeRead) {
  std::filesystem::create_directories(machine_.directory.path() / "home/.config/gh/hosts.yml");
  EXPECT_TRUE(may_know("gitlab.com"));
}

TEST_F(GhHosts, HaveThatOfTheEnvironment) {
  machine_.variables["GH_HOST"] = "ghe.example";
  EXPECT_TRUE(may_know("ghe.example"));
  EXPECT_FALSE(may_know("gitlab.com"));
}

TEST_F(GhHosts, AreTheKeysOfTheList) {
  EXPECT_TRUE(lists_host("ghe.example:\n", "ghe.example"));
  EXPECT_TRUE(lists_host("\"ghe.example:8443\":\r\n    user: dana\n", "ghe.example"));
  EXPECT_TRUE(lists_host("a.example:\n'ghe.example':", "ghe.example"));
  EXPECT_FALSE(lists_host("    ghe.example: x\n", "ghe.example"));
  EXPECT_FALSE(lists_host("ghe.example.com:\nmy-ghe.example:\nghe.example\n", "ghe.example"));
  EXPECT_FALSE(lists_host("", "ghe.example"));
}

}  // namespace
