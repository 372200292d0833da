#include "engine/git/redirection.h"

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

TEST(Redirection, IsToldAsWhereThePushWentOnlyIfThatWasRedirected) {
  EXPECT_EQ(engine::redirection_warning("https://a", {}, {}), std::nullopt);
  EXPECT_EQ(engine::redirection_warning("https://a", "https://b", "https://c"),
            "https://a redirects to https://b, where git has pushed to; name that address in "
            "fluxGitRepo if the repository has moved.");
  EXPECT_EQ(engine::redirection_warning("https://a", {}, "https://c"),
            "https://a redirects to https://c, where git has looked; name that address in "
            "fluxGitRepo if the repository has moved.");
}

TEST(Redirections, KeepTheLast) {
  engine::Redirections redirections;
  EXPECT_EQ(redirections.last(), std::nullopt);
  redirections.note("warning: redirecting to https://a/");
  redirections.note("Everything up-to-date");
  EXPECT_EQ(redirections.last(), "https://a");
}

}  // namespace
