#include "engine/pull_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/gh_commands.h"
#include "engine/runner.h"
#include "engine/text.h"
#include "json/parse.h"
#include "json/reader.h"

namespace engine {
namespace {

constexpr auto kNull = json::ObjectReader::Null::same_as_missing;
constexpr const char* kGiveTheNumber =
    "or give the pull request's number (`prNumber`, `--pr`), then gh is not asked.";
constexpr int kGhNeedsLogin = 4;  // gh's exit status for it, see `gh help exit-codes`

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Failure failure_of_gh(const Completion& completion) {
  const std::string words = printable_line(redact(completion.err));
  switch (completion.kind) {
    case Completion::Kind::not_found:
      return fail(Code::gh_missing, "The GitHub CLI `gh` is not installed: it is not on PATH.",
                  std::string("Install it (https://cli.github.com) and run `gh auth login`, ") +
                      kGiveTheNumber);
    case Completion::Kind::timed_out:
      return fail(Code::timeout,
                  "`gh pr view` did not answer within the time limit (ROLLOUT_TIMEOUT_SECONDS).",
                  std::string("Check the network and GitHub's status, ") + kGiveTheNumber);
    case Completion::Kind::cancelled:
      return fail(Code::cancelled, "Cancelled while asking gh for the pull request.");
    default:
      break;
  }
  if (completion.status == kGhNeedsLogin || contains(completion.err, "gh auth login") ||
      contains(completion.err, "HTTP 401")) {
    return fail(Code::gh_auth, "gh is not logged in to GitHub: " + words,
                std::string("Run `gh auth login`, ") + kGiveTheNumber);
  }
  if (contains(completion.err, "no pull requests found") ||
      contains(completion.err, "no open pull requests found")) {
    return fail(Code::no_pr,
                "No PR found for current branch. Create a PR first with `gh pr create`.",
                std::string("If there is one for another branch name, ") + (kGiveTheNumber + 3));
  }
  return fail(
      Code::gh_failed,
      "`gh pr view` failed: " + (words.empty() ? std::string("it gave no reason.") : words),
      std::string("See what `gh pr view` says in the project directory, ") + kGiveTheNumber);
}

Failure unreadable_answer(const std::string& why) {
  return fail(Code::gh_failed, "gh's answer cannot be read: " + printable_line(why),
              std::string("See what `gh pr view --json number` prints, ") + kGiveTheNumber);
}

// A check run has name, status and conclusion; a commit status has context and state.
StatusCheck read_check(const Json& value) {
  constexpr std::array<std::string_view, 3> kGreen = {"SUCCESS", "NEUTRAL", "SKIPPED"};
  const auto text = [&](const char* key) {
    const auto member = value.find(key);
    return member != value.end() && member->is_string() ? member->get<std::string>()
                                                        : std::string();
  };
  StatusCheck check;
  check.name = text("name").empty() ? text("context") : text("name");
  check.state = text("conclusion");
  for (const char* key : {"status", "state"}) {
    if (check.state.empty()) {
      check.state = text(key);
    }
  }
  check.green = std::ranges::find(kGreen, check.state) != kGreen.end();
  return check;
}

Result<PullRequest> read_pull_request(const std::string& answer) {
  const auto value = json::parse(answer);
  if (!value) {
    return unreadable_answer(value.error().message);
  }
  json::ObjectReader in(*value, "", kNull);
  in.require("number");
  const auto number = in.integer("number", PrNumber::kLeast, PrNumber::kMost);
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
    for (const Json& check : *checks) {
      if (check.is_object()) {
        pull_request.checks.push_back(read_check(check));
      }
    }
  }
  return pull_request;
}

}  // namespace

Result<PullRequest> view_pull_request(const Host& host, const PullRequestQuery& query,
                                      const Call& call) {
  const Completion completion = host.runner.run(
      GhCommands(query.project).view_pull_request(query.number, query.with_checks), call.stop);
  if (!completion.ok()) {
    return failure_of_gh(completion);
  }
  return read_pull_request(completion.out);
}

Result<void> require_green(const PullRequest& pull_request) {
  std::vector<std::string> not_green;
  std::string list;
  for (const StatusCheck& check : pull_request.checks) {
    if (!check.green) {
      not_green.push_back(printable_line(check.name, 200) + " (" + printable_line(check.state, 40) +
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
      "Wait for them or repair them; without `verifyPipeline` the checks are not looked at.",
      {{"checks", not_green}});
}

}  // namespace engine
