// Who commits, and whether commits are signed.
#pragma once

#include <string>

namespace engine {

struct Person {
  std::string name;
  std::string email;
};

struct Identity {
  Person author;
  Person committer;
  bool sign_commits = false;  // commit.gpgsign
};

}  // namespace engine
