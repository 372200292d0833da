// The pull request of a feature branch, as gh tells it (specification, sections 2 and 3).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/forge/status_checks.h"

namespace engine {

struct PullRequest {
  PrNumber number;
  std::optional<std::string> url;
  std::optional<std::string> state;  // OPEN, CLOSED or MERGED
  std::optional<CommitId> head;
  std::vector<StatusCheck> checks;  // the newest run of each, only if they were requested
};

struct PullRequestQuery {
  std::filesystem::path project;
  std::optional<PrNumber> number;  // nothing: that of the current branch
  bool with_checks = false;
};

// Asks gh: `no_pr`, `gh_missing`, `gh_auth`, `gh_failed`, `timeout`, `cancelled`.
Result<PullRequest> view_pull_request(const Host& host, const PullRequestQuery& query,
                                      const CallContext& call);

// What gh says, or why it says nothing.
struct GhAnswer {
  Result<PullRequest> pull_request;  // as view_pull_request()
  // gh is missing, is not logged in, or knows none of the hosts of the project's remotes: what it
  // could not say may be asked of the remote itself.
  bool cannot_be_asked = false;
};

GhAnswer ask_gh(const Host& host, const PullRequestQuery& query, const CallContext& call);

// Refuses unless every check is green: `pipeline_not_green`, naming those that are not.
Result<void> require_green(const PullRequest& pull_request);

}  // namespace engine
