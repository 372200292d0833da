#include "engine/forge/merge_request.h"

#include <algorithm>
#include <string_view>

#include "engine/forge/gh_commands.h"
#include "engine/forge/gh_failure.h"
#include "engine/process/runner.h"
#include "engine/text/single_quoted.h"
#include "engine/text/text.h"
#include "json/parse.h"
#include "json/reader.h"

namespace engine {
namespace {

GhCommands commands_of(const Host& host) {
  return {host.environment, "/"};
}

Failure unreadable_answer() {
  return fail(Code::gh_failed, "gh's answer to `gh pr list` cannot be read.",
              "See what `gh pr list --json number,url` prints.");
}

}  // namespace

Result<std::optional<RequestAddress>> find_merge_request(const Host& host,
                                                         const MergeRequest& request,
                                                         const CallContext& call) {
  const ProcessResult listed = host.runner.run(
      commands_of(host).list_pull_requests(request.repository, request.head, request.base),
      call.stop);
  if (!listed.ok()) {
    return Failure(
        gh_failure(listed, "gh pr list", "asking gh for the open pull request", host.time_limit));
  }
  const auto list = json::parse(listed.out);
  if (!list || !list->is_array()) {
    return unreadable_answer();
  }
  for (const Json& entry : *list) {
    json::ObjectReader in(entry, "");
    in.require("number");
    const auto number = in.integer("number", PrNumber::kMin, PrNumber::kMax);
    const auto url = in.string("url");
    const bool of_fork = in.boolean("isCrossRepository").value_or(false);
    if (in.problem()) {
      return unreadable_answer();
    }
    if (!of_fork) {
      return std::optional(RequestAddress{url, number});
    }
  }
  return std::optional<RequestAddress>();
}

Result<RequestAddress> open_merge_request(const Host& host, const MergeRequest& request,
                                          const CallContext& call) {
  const ProcessResult created =
      host.runner.run(commands_of(host).create_pull_request(
                          request.repository, request.head, request.base, request.title,
                          truncate(request.body, Command::kMaxInput)),
                      call.stop);
  if (!created.ok()) {
    return Failure(
        gh_failure(created, "gh pr create", "opening the pull request", host.time_limit));
  }
  return read_request_words({sanitize_line(created.out)}, "").request;
}

std::string command_to_open(const MergeRequest& request) {
  return "gh pr create --repo " + single_quoted(request.repository) + " --head " +
         single_quoted(request.head) + " --base " + single_quoted(request.base) + " --title " +
         single_quoted(request.title) + " --body ''";
}

}  // namespace engine
