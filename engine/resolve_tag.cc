#include "engine/resolve_tag.h"

#include <utility>

#include "engine/environment_directories.h"
#include "engine/git_handles.h"
#include "engine/pull_request.h"
#include "engine/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

bool is_ancestor(git_repository* repository, const CommitId& ancestor, const CommitId& descendant) {
  git_oid older;
  git_oid newer;
  return git_oid_fromstr(&older, ancestor.text().c_str()) == 0 &&
         git_oid_fromstr(&newer, descendant.text().c_str()) == 0 &&
         git_graph_descendant_of(repository, &newer, &older) == 1;
}

// How HEAD stands to the pull request's head, as far as the local repository knows both.
std::string relation(const fs::path& directory, const CommitId& head, const CommitId& pr_head) {
  const auto repository =
      git_new<GitRepository>(git_repository_open_ext, directory.c_str(), 0U, nullptr);
  if (repository && is_ancestor(repository.get(), pr_head, head)) {
    return "it has not been pushed yet";
  }
  if (repository && is_ancestor(repository.get(), head, pr_head)) {
    return "it is behind the pull request";
  }
  return "the pull request has commits that are not in HEAD";
}

void warn_about_pull_request(const PullRequest& pull_request, const CommitId& commit,
                             const fs::path& directory, std::vector<std::string>& warnings) {
  const std::string number = "PR #" + std::to_string(pull_request.number.value());
  if (pull_request.head && *pull_request.head != commit) {
    warnings.push_back("HEAD (" + commit.short_sha() + ") is not the head commit of " + number +
                       " (" + pull_request.head->short_sha() +
                       "): " + relation(directory, commit, *pull_request.head) + ".");
  }
  if (pull_request.state == "CLOSED") {
    warnings.push_back(number + " is closed.");
  } else if (pull_request.state == "MERGED") {
    warnings.push_back(number + " is merged already.");
  }
}

std::optional<std::string> cleaned(const std::optional<std::string>& text) {
  return text ? std::optional(printable_line(*text)) : std::nullopt;
}

}  // namespace

Result<ResolvedTag> tag_of(const Host& host, const TagQuery& query, const Call& call) {
  std::optional<PullRequest> pull_request;
  if (!query.pr_number || query.with_checks) {
    auto viewed =
        view_pull_request(host, {query.project, query.pr_number, query.with_checks}, call);
    if (!viewed) {
      return failure_of(viewed);
    }
    pull_request = std::move(*viewed);
  }
  if (pull_request && query.with_checks) {
    if (auto green = require_green(*pull_request); !green) {
      return failure_of(green);
    }
  }
  const PrNumber number = pull_request ? pull_request->number : *query.pr_number;
  ResolvedTag resolved{.tag = ImageTag(number, query.head.commit),
                       .pr_number = number,
                       .commit = query.head.commit,
                       .branch = cleaned(query.head.branch)};
  if (pull_request) {
    resolved.pr_url = cleaned(pull_request->url);
    resolved.pr_state = cleaned(pull_request->state);
    warn_about_pull_request(*pull_request, query.head.commit, query.project, resolved.warnings);
    if (query.with_checks && pull_request->checks.empty()) {
      resolved.warnings.push_back("The pull request has no checks.");
    }
  }
  if (has_uncommitted_changes(host, query.project, query.flux_git_repo_type, call)) {
    resolved.warnings.emplace_back(
        "The project has uncommitted changes; the image of this tag does not contain them.");
  }
  return resolved;
}

Result<ResolvedTag> resolve_tag(const Host& host, const ResolveTagRequest& request,
                                const Call& call) {
  if (auto sound = check_directories(host.environment); !sound) {
    return failure_of(sound);
  }
  auto project = find_project_directory(host, request.project);
  if (!project) {
    return failure_of(project);
  }
  auto head = read_project_head(host, *project, call);
  if (!head) {
    return failure_of(head);
  }
  if (!request.pr_number) {
    call.report("asking gh for the pull request");
  }
  return tag_of(host, {.project = *project, .head = *head, .pr_number = request.pr_number}, call);
}

}  // namespace engine
