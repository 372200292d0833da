// Who commits, and whether commits are signed: the user's git configuration, as git itself reads
// it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/tls_verification.h"

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

// The identity that `git commit` would use in `clone` (which need not exist yet, and then has no
// say), asked of git itself: `no_identity` before anything is fetched (CONTRACT section 7);
// `bad_config` for a configuration that git cannot read.
Result<Identity> read_identity(const Host& host, const std::filesystem::path& clone,
                               const Call& call, TlsVerification tls = TlsVerification::on);

// The same where the clone may have to be made yet: nothing if only that will tell, because git
// includes settings in certain repositories only (`includeIf`).
Result<std::optional<Identity>> expect_identity(const Host& host,
                                                const std::filesystem::path& clone,
                                                const Call& call, TlsVerification tls);

}  // namespace engine
