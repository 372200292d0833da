// Reads from the user's git configuration, as git itself does, who commits.
#pragma once

#include <filesystem>
#include <optional>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/identity.h"
#include "engine/git/tls_verification.h"

namespace engine {

// The identity that `git commit` would use in `clone` (which need not exist yet, and then has no
// say), asked of git itself: `no_identity` before anything is fetched (specification, section 7);
// `bad_config` for a configuration that git cannot read.
Result<Identity> read_identity(const Host& host, const std::filesystem::path& clone,
                               const CallContext& call, TlsVerification tls = TlsVerification::on);

// The same where the clone may have to be made yet: nothing if only that will tell, because git
// includes settings in certain repositories only (`includeIf`).
Result<std::optional<Identity>> expect_identity(const Host& host,
                                                const std::filesystem::path& clone,
                                                const CallContext& call, TlsVerification tls);

}  // namespace engine
