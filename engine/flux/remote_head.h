// The head of the remote's branch: which branch that is, and bringing it into the clone
// (specification, section 6).
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"
#include "engine/flux/remote.h"

namespace engine {

// The head of `main` that the clone knows from its last contact with the remote; nothing if it has
// none, or if the remote had no `main` then.
std::optional<RemoteHead> known_head(const FluxClone& clone);

// Fetches `main`, or where the remote has none the branch that its HEAD names. Nothing that is the
// clone's own changes, so that other git commands may work there meanwhile.
FetchResult fetch_head(const FluxClone& clone, const CallContext& call);

// Notes in the clone the head that fetch_head() found, if it did.
FetchResult record_fetched_head(const FluxClone& clone, FetchResult fetched);

// Fetches a branch whose name is known, and notes its head in the clone. `history` other than
// as_the_clone is for a clone that has some already.
Result<RemoteHead> fetch_branch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop,
                                History history = History::as_the_clone);

// The branch named by what `git ls-remote --symref <remote> HEAD refs/heads/main` printed: main if
// it is there, else HEAD's. Nothing for an empty remote and a detached HEAD.
std::optional<std::string> parse_remote_branch(std::string_view output);

// The refusal of a remote for which that finds none: `branch_not_found`.
Error no_branch(const RemoteUrl& url);

}  // namespace engine
