// The head of the remote's branch: which branch that is, and bringing it into the clone
// (specification, section 6).
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"
#include "engine/flux/remote.h"

namespace engine {

// The head that the clone knows from its last contact with the remote: of the configured branch, or
// else of `main`. Nothing if it has none, or if it followed another branch then.
std::optional<RemoteHead> known_head(const FluxClone& clone);

// Fetches the configured branch; if none is, `main`, or where the remote has none the branch that
// its HEAD names. Nothing that is the clone's own changes, so that other git commands may work
// there meanwhile.
FetchResult fetch_head(const FluxClone& clone, const CallContext& call);

// Notes in the clone the head that fetch_head() found, if it did.
FetchResult record_fetched_head(const FluxClone& clone, FetchResult fetched);

// Fetches a branch whose name is known, and notes its head in the clone. `history` other than
// as_the_clone is for a clone that has some already.
Result<RemoteHead> fetch_branch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop,
                                History history = History::as_the_clone);

// How many more commits each fetch of older history brings; then all. Few fetches, each a
// connection, and yet little more than what is needed.
inline constexpr std::array<std::size_t, 3> kDeepeningSteps = {500, 5'000, 50'000};

// Fetches a branch with this many more commits of the history that the clone, a shallow one, lacks,
// or with all of it, and notes its head in the clone. What git does may take `limit`.
Result<void> deepen_history(const FluxClone& clone, const std::string& branch,
                            std::optional<std::size_t> commits, std::chrono::milliseconds limit,
                            const std::stop_token& stop);

// The branch named by what `git ls-remote --symref <remote> HEAD refs/heads/main` printed: main if
// it is there, else HEAD's. Nothing for an empty remote and a detached HEAD.
std::optional<std::string> parse_remote_branch(std::string_view output);

// Whether that output lists the branch.
bool lists_branch(std::string_view output, std::string_view branch);

// The refusal of a remote that does not have the configured branch: `branch_not_found`.
Error no_such_branch(const RemoteUrl& url, const std::string& branch);

// The refusal of a remote for which parse_remote_branch() finds none: `branch_not_found`.
Error no_branch(const RemoteUrl& url);

}  // namespace engine
