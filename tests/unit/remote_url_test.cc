#include "engine/git/remote_url.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace {

using engine::RemoteUrl;

bool is_same(const char* one, const char* other) {
  return is_same_repository(RemoteUrl(one), RemoteUrl(other));
}

TEST(RemoteUrl, SpellingsOfOneRepository) {
  constexpr const char* kAddress = "https://Git.Example.com/infra/flux.git";
  for (const auto& [url, expected] : std::vector<std::pair<const char*, bool>>{
           {"https://git.example.com/infra/flux", true},
           {"https://git.example.com/infra/flux/", true},
           {"https://ann:secret@git.example.com:443/infra/flux.git", true},
           {"https://ann:p@ss@git.example.com/infra/flux", true},
           {"http://git.example.com/infra/flux.git", true},
           {"HTTPS://GIT.EXAMPLE.COM//infra/./flux.git/", true},
           {"ssh://git@git.example.com/infra/flux.git", true},
           {"ssh://git@git.example.com:22/infra/flux", true},
           {"ssh://git@git.example.com:2222/infra/flux", true},
           {"git+ssh://git@git.example.com/infra/flux", true},
           {"git@git.example.com:infra/flux.git", true},
           {"git.example.com:/infra/flux", true},
           {"git@git.example.com:infra/flux.git ", true},
           {"https://git.example.com:8443/infra/flux", false},
           {"https://git.example.com/infra/Flux", false},
           {"https://git.example.com/infra/flux2", false},
           {"https://git.example.com/other/infra/flux", false},
           {"https://git.example.org/infra/flux", false},
           {"https://git.example.com.evil.org/infra/flux", false},
           {"https://git.example.com@evil.org/infra/flux", false},
           {"file:///infra/flux.git", false},
           {"/infra/flux", false},
           {"", false},
       }) {
    EXPECT_EQ(is_same(kAddress, url), expected) << url;
    EXPECT_EQ(is_same(url, kAddress), expected) << url;
  }
  EXPECT_TRUE(is_same("file:///srv/flux.git", "/srv/flux"));
  EXPECT_TRUE(is_same("file://localhost/srv/flux.git", "file:///srv/flux"));
  EXPECT_FALSE(is_same("file:///srv/flux.git", "/srv/other"));
  EXPECT_TRUE(is_same("ssh://git@[::1]:22/a/b", "git@[::1]:a/b.git"));
}

TEST(RemoteUrl, NamesTheHost) {
  for (const char* address :
       {"https://git.example.com/x.git", "https://ann:pw@git.example.com:8443/x",
        "https://ann:p@ss@git.example.com/x", "ssh://git@git.example.com/x",
        "git@git.example.com:x.git", "https://GIT.example.com"}) {
    EXPECT_EQ(RemoteUrl(address).host(), "git.example.com") << address;
  }
  EXPECT_EQ(RemoteUrl("http://[::1]:8080/x.git").host(), "[::1]");
  for (const char* address : {"/srv/flux.git", "file:///srv/flux.git", "../flux", ""}) {
    EXPECT_EQ(RemoteUrl(address).host(), "") << address;
  }
}

TEST(RemoteUrl, ShowsNoPasswordAndGivesItToGit) {
  const RemoteUrl url(" https://ann:hunter2@git.example/flux.git\n");
  EXPECT_EQ(url.shown(), "https://git.example/flux.git");
  EXPECT_EQ(url.with_userinfo(), "https://ann:hunter2@git.example/flux.git");
  // The host is named in hints: no part of a password with a slash is taken for it.
  EXPECT_EQ(RemoteUrl("https://ann:hun/ter2@git.example/x").host(), "git.example");
}

TEST(RemoteUrl, IsNamedOnlyWhereNothingInItCanBeAPassword) {
  EXPECT_EQ(RemoteUrl("--upload-pack=/bin/true").named(), "'--upload-pack=/bin/true'");
  EXPECT_EQ(RemoteUrl("x::https://ann:hunter2@host").named(), "a URL");
}

TEST(RemoteUrl, IsNotFitForGitWhereGitTakesItForSomethingElse) {
  for (const char* const url :
       {"", " ", "-oProxyCommand=x", "ext::sh -c x", "::x", "a\nb", "https://host/a b"}) {
    EXPECT_FALSE(RemoteUrl(url).is_fit_for_git()) << url;
  }
  for (const char* const url : {"https://u:p@h/x.git", "git@[::1]:x.git", "/srv/with space"}) {
    EXPECT_TRUE(RemoteUrl(url).is_fit_for_git()) << url;
  }
}

TEST(RemoteUrl, KnowsBothFormsOfSsh) {
  for (const char* const url : {"ssh://h/x", "git@h:x", "h:x/y", "SSH://h/x", "git+ssh://h/x"}) {
    EXPECT_TRUE(RemoteUrl(url).is_ssh()) << url;
  }
  for (const char* const url : {"https://h/x", "/srv/a:b", "file:///x", "./a:b", "git://h/x"}) {
    EXPECT_FALSE(RemoteUrl(url).is_ssh()) << url;
  }
}

TEST(RemoteUrl, IsLocalAsAFileUrlOrAPath) {
  for (const char* const url : {"file:///srv/a:b", "FILE:///srv/a:b", "/srv/a:b"}) {
    EXPECT_TRUE(RemoteUrl(url).is_local()) << url;
    EXPECT_EQ(RemoteUrl(url).local_path(), "/srv/a:b");
  }
  EXPECT_TRUE(RemoteUrl("./a:b").is_local());
  for (const char* const url : {"https://h/x", "ssh://h/x", "git@h:x", "git://h/x"}) {
    EXPECT_FALSE(RemoteUrl(url).is_local()) << url;
    EXPECT_EQ(RemoteUrl(url).local_path(), std::nullopt);
  }
}

}  // namespace
