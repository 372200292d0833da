// The head of the remote's branch: which branch that is, and bringing it into the clone (CONTRACT
// section 6).
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/flux_clone.h"
#include "engine/host.h"
#include "engine/image_tag.h"
#include "engine/result.h"

namespace engine {

struct RemoteHead {
  std::string branch;
  CommitId commit;
};

// Fetches `main`, or where the remote has none the branch that its HEAD names: `branch_not_found`
// and what git_failure() says. A clone that git finds broken is replaced, once.
Result<RemoteHead> fetch_remote_head(FluxClone& clone, const Call& call);

// Fetches a branch whose name is known.
Result<RemoteHead> fetch_branch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop);

// The branch named by what `git ls-remote --symref <remote> HEAD refs/heads/main` printed: main if
// it is there, else HEAD's. Nothing for an empty remote and a detached HEAD.
std::optional<std::string> parse_remote_branch(std::string_view output);

// The refusal of a remote for which that finds none: `branch_not_found`.
Error no_branch(const std::string& url);

}  // namespace engine
