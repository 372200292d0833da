#include "engine/forge/pull_request.h"

#include <utility>

#include "engine/base/reader_word.h"
#include "engine/forge/gh_commands.h"
#include "engine/forge/gh_failure.h"
#include "engine/process/runner.h"
#include "engine/text/contains.h"
#include "engine/text/text.h"
#include "json/parse.h"
#include "json/reader.h"

namespace engine {
namespace {

constexpr auto kNull = json::ObjectReader::Null::same_as_missing;

Failure failure_of_gh(const ProcessResult& completion, std::chrono::milliseconds limit) {
  const Error error = gh_failure(completion, "gh pr view", "asking gh for the pull request", limit);
  if (error.code == Code::gh_failed && (contains(completion.err, "no pull requests found") ||
                                        contains(completion.err, "no open pull requests found"))) {
    return fail(Code::no_pr,
                "No PR found for current branch. Create a PR first with `gh pr create`.",
                "If there is one for another branch name, " + give_the_number());
  }
  return Failure(error);
}

Failure unreadable_answer(const std::string& why) {
  return fail(Code::gh_failed, "gh's answer cannot be read: " + sanitize_line(why),
              "See what `gh pr view --json number` prints, or " + give_the_number());
}

Result<PullRequest> read_pull_request(const std::string& answer) {
  const auto value = json::parse(answer);
  if (!value) {
    return unreadable_answer(value.error().message);
  }
  json::ObjectReader in(*value, "", kNull);
  in.require("number");
  const auto number = in.integer("number", PrNumber::kMin, PrNumber::kMax);
  auto url = in.string("url");
  auto state = in.string("state");
  const auto head = in.string("headRefOid");
  if (in.problem()) {
    return unreadable_answer(in.problem()->describe("it") + ".");
  }
  PullRequest pull_request{
      *PrNumber::make(*number), std::move(url), std::move(state), std::nullopt, {}};
  pull_request.head = head ? CommitId::parse(*head) : std::nullopt;
  if (const auto checks = value->find("statusCheckRollup"); checks != value->end()) {
    pull_request.checks = newest_checks(*checks);
  }
  return pull_request;
}

// GH_HOST makes a host known, a GitHub Enterprise Server for instance. It counts only where gh does
// not know the project's otherwise, since it would beat the host of the project's own remote.
ProcessResult run_gh(const Host& host, const PullRequestQuery& query, const CallContext& call) {
  const GhCommands commands(host.environment, query.project);
  const auto ask = [&](GhHosts hosts) {
    return host.runner.run(commands.view_pull_request(query.number, query.with_checks, hosts),
                           call.stop);
  };
  ProcessResult completion = ask(GhHosts::known);
  if (!completion.ok() && knows_no_host(completion) && host.environment.get("GH_HOST")) {
    ProcessResult named = ask(GhHosts::named);
    const bool elsewhere = contains(named.err, "GH_HOST environment variable");
    return elsewhere ? completion : named;
  }
  return completion;
}

}  // namespace

Result<PullRequest> view_pull_request(const Host& host, const PullRequestQuery& query,
                                      const CallContext& call) {
  return ask_gh(host, query, call).pull_request;
}

GhAnswer ask_gh(const Host& host, const PullRequestQuery& query, const CallContext& call) {
  const ProcessResult completion = run_gh(host, query, call);
  if (completion.ok()) {
    return {read_pull_request(completion.out)};
  }
  const Failure failure = failure_of_gh(completion, host.time_limit);
  const Code code = failure.value().code;
  return {failure, code == Code::gh_missing || code == Code::gh_auth || knows_no_host(completion)};
}

Result<void> require_green(const PullRequest& pull_request) {
  std::vector<std::string> not_green;
  std::string list;
  for (const StatusCheck& check : pull_request.checks) {
    if (!check.green) {
      not_green.push_back(sanitize_line(check.name, 200) + " (" + sanitize_line(check.state, 40) +
                          ")");
      list += (list.empty() ? "" : ", ") + not_green.back();
    }
  }
  if (not_green.empty()) {
    return {};
  }
  return fail(
      Code::pipeline_not_green,
      "The checks of PR #" + std::to_string(pull_request.number.value()) +
          " are not green: " + list + ".",
      for_reader(
          "Wait for them or repair them; without {verifyPipeline} the checks are not looked at."),
      {{"checks", not_green}});
}

}  // namespace engine
