#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/git/address.h"

namespace {

TEST(GitAddress, SpellingsOfOneRepository) {
  constexpr const char* kAddress = "https://Git.Example.com/infra/flux.git";
  for (const auto& [url, is_same] : std::vector<std::pair<const char*, bool>>{
           {"https://git.example.com/infra/flux", true},
           {"https://git.example.com/infra/flux/", true},
           {"https://ann:secret@git.example.com:443/infra/flux.git", true},
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
    EXPECT_EQ(engine::is_same_repository(kAddress, url), is_same) << url;
    EXPECT_EQ(engine::is_same_repository(url, kAddress), is_same) << url;
  }
  EXPECT_TRUE(engine::is_same_repository("file:///srv/flux.git", "/srv/flux"));
  EXPECT_TRUE(engine::is_same_repository("file://localhost/srv/flux.git", "file:///srv/flux"));
  EXPECT_FALSE(engine::is_same_repository("file:///srv/flux.git", "/srv/other"));
  EXPECT_TRUE(engine::is_same_repository("ssh://git@[::1]:22/a/b", "git@[::1]:a/b.git"));
}

TEST(GitAddress, NamesTheHost) {
  for (const char* address :
       {"https://git.example.com/x.git", "https://ann:pw@git.example.com:8443/x",
        "ssh://git@git.example.com/x", "git@git.example.com:x.git", "https://GIT.example.com"}) {
    EXPECT_EQ(engine::host_of(address), "git.example.com") << address;
  }
  EXPECT_EQ(engine::host_of("http://[::1]:8080/x.git"), "[::1]");
  for (const char* address : {"/srv/flux.git", "file:///srv/flux.git", "../flux", ""}) {
    EXPECT_EQ(engine::host_of(address), "") << address;
  }
}

}  // namespace
