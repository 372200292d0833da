// Who commits, and whether commits are signed: the user's git configuration, as git itself reads
// it.
#pragma once

#include <filesystem>
#include <string>

#include "engine/host.h"
#include "engine/result.h"

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

// The identity that `git commit` would use in `clone` (which need not exist yet): `no_identity`
// before anything is fetched (CONTRACT section 7).
Result<Identity> read_identity(const Host& host, const std::filesystem::path& clone,
                               const Call& call);

}  // namespace engine
