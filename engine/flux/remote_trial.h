// Whether a remote answers, for callers that have no clone of it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/flux_remote.h"

namespace engine {

// Asks the remote once for its branch, from `repository`, whose `origin` it is; a `limit` of zero
// is the host's. Fails as a fetch does: `unreachable`, `auth_failed`, `branch_not_found`, ...; and
// `cancelled`.
Result<std::string> try_remote(const Host& host, const FluxRemote& remote,
                               const std::filesystem::path& repository,
                               std::chrono::milliseconds limit, const CallContext& call);

}  // namespace engine
