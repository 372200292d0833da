#include "engine/resolve_tag.h"

#include <utility>

#include "engine/base/environment_directories.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/configured_remote.h"
#include "engine/forge/pull_request.h"
#include "engine/text/text.h"

namespace engine {
namespace {

std::string words_for(Relation relation) {
  switch (relation) {
    case Relation::ahead:
      return "it has not been pushed yet";
    case Relation::behind:
      return "it is behind the pull request";
    case Relation::neither:
      break;
  }
  return "the pull request has commits that are not in HEAD";
}

// `relation`: how HEAD stands to the pull request's head; nothing where that is HEAD.
void warn_about_pull_request(const PullRequest& pull_request, const CommitId& commit,
                             const std::optional<Relation>& relation,
                             std::vector<std::string>& warnings) {
  const std::string number = "PR #" + std::to_string(pull_request.number.value());
  if (relation) {
    warnings.push_back("HEAD (" + commit.short_sha() + ") is not the head commit of " + number +
                       " (" + pull_request.head->short_sha() + "): " + words_for(*relation) + ".");
  }
  if (pull_request.state == "CLOSED") {
    warnings.push_back(number + " is closed.");
  } else if (pull_request.state == "MERGED") {
    warnings.push_back(number + " is merged already.");
  }
}

std::optional<std::string> remove_control_characters(const std::optional<std::string>& text) {
  return text ? std::optional(sanitize_line(*text)) : std::nullopt;
}

// The checks are for gh alone to tell; without them, the remote may say the number as well.
Result<std::optional<FoundPullRequest>> look_up(const Host& host, const TagQuery& query,
                                                const CallContext& call) {
  if (query.with_checks) {
    auto viewed = view_pull_request(host, {query.project, query.pr_number, true}, call);
    RETURN_IF_FAILED(viewed);
    RETURN_IF_FAILED(require_green(*viewed));
    return std::optional(FoundPullRequest{std::move(*viewed), PrSource::gh, {}});
  }
  if (query.pr_number) {
    return std::optional<FoundPullRequest>();
  }
  auto found = find_pull_request(host, query.project, query.head, query.flux_remote, call);
  RETURN_IF_FAILED(found);
  return std::optional(std::move(*found));
}

// That of the rwenv that the project is set to, if it is set to one that is in order.
std::optional<FluxRemote> flux_remote_of(const Host& host, const std::filesystem::path& project,
                                         const CallContext& call) {
  ProjectRequest request;
  request.place = ProjectPlace{project, {}, {}};
  auto configured = find_configured_rwenv(host, request, CallContext{call.stop, {}});
  if (!configured) {
    return std::nullopt;
  }
  auto remote = configured_remote(host, configured->active.config_directory, configured->rwenv);
  return remote ? std::optional(std::move(*remote)) : std::nullopt;
}

}  // namespace

Result<ResolvedTag> tag_of(const Host& host, const TagQuery& query, const CallContext& call) {
  auto found = look_up(host, query, call);
  RETURN_IF_FAILED(found);
  const PullRequest* const pull_request = *found ? &(*found)->pull_request : nullptr;
  const bool elsewhere =
      pull_request != nullptr && pull_request->head && *pull_request->head != query.head.commit;
  auto state = compare_project(host, query.project, query.head.commit,
                               elsewhere ? pull_request->head : std::nullopt, call);
  RETURN_IF_FAILED(state);
  const PrNumber number = pull_request != nullptr ? pull_request->number : *query.pr_number;
  ResolvedTag resolved{.tag = ImageTag(number, query.head.commit),
                       .pr_number = number,
                       .commit = query.head.commit,
                       .branch = remove_control_characters(query.head.branch)};
  if (pull_request != nullptr) {
    resolved.pr_source = query.pr_number ? PrSource::argument : (*found)->source;
    resolved.pr_url = remove_control_characters(pull_request->url);
    resolved.pr_state = remove_control_characters(pull_request->state);
    resolved.warnings = std::move((*found)->warnings);
    warn_about_pull_request(*pull_request, query.head.commit, state->relation, resolved.warnings);
    if (query.with_checks && pull_request->checks.empty()) {
      resolved.warnings.push_back("The pull request has no checks.");
    }
  }
  if (state->has_uncommitted_changes) {
    resolved.warnings.emplace_back(
        "The project has uncommitted changes; the image of this tag does not contain them.");
  }
  return resolved;
}

Result<ResolvedTag> resolve_tag(const Host& host, const ResolveTagRequest& request,
                                const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  auto project = read_project(host, request.project, {.head = true}, call);
  RETURN_IF_FAILED(project);
  call.report("taking the commit of " + checkout_in_words(project->directory, *project->head));
  const std::filesystem::path directory = project->directory;
  auto resolved = tag_of(host,
                         {.project = directory,
                          .head = std::move(*project->head),
                          .pr_number = request.pr_number,
                          .flux_remote = [&] { return flux_remote_of(host, directory, call); }},
                         call);
  if (resolved) {
    resolved->warnings.insert(resolved->warnings.begin(), project->warnings.begin(),
                              project->warnings.end());
  }
  return resolved;
}

}  // namespace engine
