// The pull request of the project's HEAD: gh is asked, or the remote that the branch is pushed to
// (specification, section 6.3).
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/forge/pull_request.h"
#include "engine/git/flux_remote.h"
#include "engine/pr_source.h"

namespace engine {

// The Flux repository of the project's rwenv; nothing if the project has none. It decides whether
// the certificate of a remote of the project's is verified.
using FindFluxRemote = std::function<std::optional<FluxRemote>()>;

struct FoundPullRequest {
  PullRequest pull_request;
  PrSource source = PrSource::gh;
  std::vector<std::string> warnings;  // what the source cannot tell
};

// Gh is asked first, unless the remote's address shows that it is on no host of gh's; the remote
// only if gh cannot be asked. `no_pr`; `gh_missing`, `gh_auth`, `gh_failed` only if the remote does
// not answer either; the errors of list_pull_refs(); `timeout`, `cancelled`. `flux_remote` may be
// empty, and is called at most once. Up to three child processes; for any thread.
Result<FoundPullRequest> find_pull_request(const Host& host, const std::filesystem::path& project,
                                           const ProjectHead& head,
                                           const FindFluxRemote& flux_remote,
                                           const CallContext& call);

}  // namespace engine
