#include "engine/redirection.h"

#include <gtest/gtest.h>

namespace {

using engine::redirection_in;

TEST(Redirection, IsTheLastThatGitTells) {
  EXPECT_EQ(redirection_in("warning: redirecting to https://git.example/flux.git/\n"),
            "https://git.example/flux.git");
  EXPECT_EQ(redirection_in("From x\nwarning: redirecting to http://a/\r\nwarning: redirecting to "
                           "http://b/c\nTo y\n"),
            "http://b/c");
}

TEST(Redirection, IsShownWithoutSecrets) {
  EXPECT_EQ(redirection_in("warning: redirecting to https://dana:s3cr3t@git.example/flux.git/"),
            "https://git.example/flux.git");
}

TEST(Redirection, IsNotWhatTheRemoteSays) {
  for (const char* err :
       {"", "remote: warning: redirecting to https://evil.example/",
        "  warning: redirecting to https://evil.example/", "warning: redirecting"}) {
    EXPECT_EQ(redirection_in(err), std::nullopt) << err;
  }
}

TEST(Redirections, KeepTheLast) {
  engine::Redirections redirections;
  EXPECT_EQ(redirections.last(), std::nullopt);
  redirections.note("warning: redirecting to https://a/");
  redirections.note("Everything up-to-date");
  EXPECT_EQ(redirections.last(), "https://a");
}

}  // namespace
