#include "engine/forge/pull_request.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;
using engine::PrNumber;
using engine::ProcessResult;
using test::exited;

class PullRequest : public ::testing::Test {
 protected:
  engine::Result<engine::PullRequest> view(ProcessResult completion, bool with_checks = false) {
    sandbox_.runner.on("gh pr view", std::move(completion));
    return engine::view_pull_request(sandbox_.host(),
                                     {sandbox_.project(), std::nullopt, with_checks}, {});
  }

  test::EngineHost sandbox_;
};

TEST_F(PullRequest, IsReadFromWhatGhPrints) {
  const auto pull_request =
      view(exited(0, R"({"number":42,"url":"https://github.example/o/r/pull/42","state":"OPEN",
      "headRefOid":"a1b2c3def0123456789a0123456789a012345678"})"));
  ASSERT_TRUE(pull_request);
  EXPECT_EQ(pull_request->number.value(), 42);
  EXPECT_EQ(pull_request->state, "OPEN");
  EXPECT_EQ(pull_request->head->short_sha(), "a1b2c3d");
}

TEST_F(PullRequest, ChecksAreNotRequestedUnlessAsked) {
  view(exited(0, R"({"number":1})")).value();
  EXPECT_EQ(sandbox_.runner.lines(),
            std::vector<std::string>{"gh pr view --json number,url,state,headRefOid"});
}

TEST_F(PullRequest, IsAskedForByNumberWithChecks) {
  sandbox_.runner.on("gh pr view 7", exited(0, R"({"number":7,"statusCheckRollup":[]})"));
  const auto pull_request =
      engine::view_pull_request(sandbox_.host(), {sandbox_.project(), PrNumber::make(7), true}, {});
  ASSERT_TRUE(pull_request);
  EXPECT_EQ(sandbox_.runner.lines().front(),
            "gh pr view 7 --json number,url,state,headRefOid,statusCheckRollup");
}

struct FailureCase {
  ProcessResult completion;
  Code code;
  std::string message;
};

TEST_F(PullRequest, FailuresOfGhAreToldApart) {
  const std::vector<FailureCase> cases = {
      {exited(1, "", "no pull requests found for branch \"feature\"\n"), Code::no_pr,
       "No PR found for current branch. Create a PR first with `gh pr create`."},
      {{.kind = ProcessResult::Kind::not_found},
       Code::gh_missing,
       "The GitHub CLI `gh` is not installed: it is not on PATH."},
      {exited(4, "", "To get started with GitHub CLI, please run:  gh auth login\n"), Code::gh_auth,
       "gh is not logged in to GitHub: To get started with GitHub CLI, please run:  gh auth login"},
      {exited(
           1, "",
           "none of the git remotes configured for this repository point to a known GitHub host. "
           "To tell gh about a new GitHub host, please use `gh auth login`"),
       Code::gh_failed,
       "`gh pr view` failed: none of the git remotes configured for this repository point to a "
       "known GitHub host. To tell gh about a new GitHub host, please use `gh auth login`"},
      {exited(1, "", "HTTP 401: Bad credentials"), Code::gh_auth,
       "gh is not logged in to GitHub: HTTP 401: Bad credentials"},
      {exited(1, "", "HTTP 403: API rate limit exceeded for user ID 7."), Code::gh_failed,
       "`gh pr view` failed: HTTP 403: API rate limit exceeded for user ID 7."},
      {exited(1, "", "HTTP 502: Bad Gateway (https://u:secret@api.example/)"), Code::gh_failed,
       "`gh pr view` failed: HTTP 502: Bad Gateway (https://api.example/)"},
      {exited(1, "", ""), Code::gh_failed, "`gh pr view` failed: it gave no reason."},
      {exited(0, "<html>"), Code::gh_failed, ""},
      {exited(0, "{}"), Code::gh_failed,
       "gh's answer cannot be read: number is missing; expected a value."},
      {exited(0, R"({"number":"42"})"), Code::gh_failed, ""},
      {{.kind = ProcessResult::Kind::timed_out},
       Code::timeout,
       "`gh pr view` did not answer within 120 s."},
      {{.kind = ProcessResult::Kind::cancelled}, Code::cancelled, ""},
  };
  for (const FailureCase& expected : cases) {
    const auto pull_request = view(expected.completion);
    ASSERT_FALSE(pull_request);
    EXPECT_EQ(engine::name(pull_request.error().code), engine::name(expected.code));
    if (!expected.message.empty()) {
      EXPECT_EQ(pull_request.error().message, expected.message);
    }
    if (expected.code != Code::cancelled) {
      EXPECT_NE(test::in_braces(pull_request.error().hint).find("({prNumber})"), std::string::npos)
          << pull_request.error().message;
    }
  }
}

// The variables that were taken away from gh, one set for each time that it was started.
class Environment : public PullRequest {
 protected:
  std::vector<std::set<std::string>> removed(const ProcessResult& answer) {
    std::vector<std::set<std::string>> all;
    sandbox_.runner.on("gh pr view", [&](const engine::Command& command) {
      std::set<std::string>& names = all.emplace_back();
      for (const auto& [name, value] : command.environment()) {
        if (!value) {
          names.insert(name);
        }
      }
      return answer;
    });
    (void)engine::view_pull_request(sandbox_.host(), {sandbox_.project(), std::nullopt, false}, {});
    return all;
  }
};

TEST_F(Environment, DoesNotSayWhichRepositoryItIs) {
  sandbox_.variables["GH_REPO"] = "other/repository";
  sandbox_.variables["GH_HOST"] = "ghe.example";
  const auto starts = removed(exited(0, R"({"number":1})"));
  ASSERT_EQ(starts.size(), 1U);
  EXPECT_EQ(starts.front().count("GH_REPO") + starts.front().count("GH_HOST"), 2U);
}

TEST_F(Environment, SaysWhichHostWhereGhKnowsNone) {
  const auto unknown = exited(
      1, "",
      "none of the git remotes configured for this repository point to a known GitHub host.");
  const auto logged_out = exited(4, "", "please run:  gh auth login");
  EXPECT_EQ(removed(unknown).size(), 1U);
  sandbox_.variables["GH_HOST"] = "ghe.example";
  for (const ProcessResult& answer : {unknown, logged_out}) {
    const auto starts = removed(answer);
    ASSERT_EQ(starts.size(), 2U);
    EXPECT_EQ(starts.back().count("GH_HOST"), 0U);
    EXPECT_EQ(starts.back().count("GH_REPO"), 1U);
  }
}

// gh's complaint about GH_HOST would send the user to a variable that is right for other projects.
TEST_F(Environment, OfAnotherHostLeavesTheFirstFailure) {
  sandbox_.variables["GH_HOST"] = "ghe.example";
  sandbox_.runner.on("gh pr view", [](const engine::Command& command) {
    bool named = true;
    for (const auto& [name, value] : command.environment()) {
      named = named && (name != "GH_HOST" || value);
    }
    return named ? exited(1, "",
                          "none of the git remotes configured for this repository correspond to "
                          "the GH_HOST environment variable.")
                 : exited(4, "", "please run:  gh auth login");
  });
  const auto pull_request =
      engine::view_pull_request(sandbox_.host(), {sandbox_.project(), std::nullopt, false}, {});
  ASSERT_TRUE(test::fails(pull_request, Code::gh_auth));
  EXPECT_EQ(pull_request.error().message,
            "gh is not logged in to GitHub: please run:  gh auth login");
  EXPECT_EQ(sandbox_.runner.lines().size(), 2U);
}

TEST_F(PullRequest, ChecksThatAreRedOrRunningAreNamed) {
  const auto pull_request = view(exited(0, R"({"number":42,"statusCheckRollup":[
      {"__typename":"CheckRun","name":"build","status":"COMPLETED","conclusion":"FAILURE"},
      {"__typename":"CheckRun","name":"test","status":"IN_PROGRESS","conclusion":""},
      {"__typename":"CheckRun","name":"docs","status":"COMPLETED","conclusion":"SKIPPED"},
      {"__typename":"CheckRun","name":"odd","status":"COMPLETED","conclusion":"NEUTRAL"},
      {"__typename":"StatusContext","context":"ci/old","state":"PENDING"},
      {"__typename":"StatusContext","context":"ci/new","state":"SUCCESS"}]})"),
                                 true);
  ASSERT_TRUE(pull_request);
  const auto green = engine::require_green(*pull_request);
  ASSERT_FALSE(green);
  EXPECT_EQ(green.error().code, Code::pipeline_not_green);
  EXPECT_EQ(
      green.error().message,
      "The checks of PR #42 are not green: build (FAILURE), test (IN_PROGRESS), ci/old (PENDING).");
}

TEST_F(PullRequest, GreenChecksPass) {
  const auto pull_request = view(
      exited(0, R"({"number":42,"statusCheckRollup":[{"name":"build","conclusion":"SUCCESS"}]})"),
      true);
  EXPECT_TRUE(engine::require_green(*pull_request));
}

// What `gh pr view` prints of a check run, and of a commit status.
std::string run(const std::string& workflow, const std::string& name, const std::string& conclusion,
                const std::string& started) {
  const bool ended = conclusion != "IN_PROGRESS" && conclusion != "QUEUED";
  return R"({"__typename":"CheckRun","workflowName":")" + workflow + R"(","name":")" + name +
         R"(","status":")" + (ended ? "COMPLETED" : conclusion) + R"(","conclusion":")" +
         (ended ? conclusion : "") + R"(","startedAt":")" + started + "\"}";
}

std::string status(const std::string& context, const std::string& state,
                   const std::string& started) {
  return R"({"__typename":"StatusContext","context":")" + context + R"(","state":")" + state +
         R"(","startedAt":")" + started + "\"}";
}

// The checks that are not green, as the refusal names them; empty where it is none.
class Checks : public PullRequest {
 protected:
  std::string red(const std::string& first, const std::string& second) {
    const auto pull_request = view(
        exited(0, R"({"number":42,"statusCheckRollup":[)" + first + "," + second + "]}"), true);
    if (!pull_request) {
      return pull_request.error().message;
    }
    const auto green = engine::require_green(*pull_request);
    const std::string start = "The checks of PR #42 are not green: ";
    return green ? std::string() : green.error().message.substr(start.size());
  }
  // The same in both orders, since gh promises none.
  void expect_red(const std::string& first, const std::string& second,
                  const std::string& red_ones) {
    EXPECT_EQ(red(first, second), red_ones) << first << second;
    EXPECT_EQ(red(second, first), red_ones) << second << first;
  }
};

constexpr const char* kEarlier = "2026-11-28T09:59:59Z";
constexpr const char* kLater = "2026-11-28T10:00:00Z";
constexpr const char* kNoTime = "0001-01-01T00:00:00Z";

TEST_F(Checks, OnlyTheNewestRunOfAWorkflowAndNameCounts) {
  for (const char* const former : {"FAILURE", "CANCELLED", "TIMED_OUT", "STARTUP_FAILURE",
                                   "ACTION_REQUIRED", "STALE", "IN_PROGRESS"}) {
    expect_red(run("ci", "build", former, kEarlier), run("ci", "build", "SUCCESS", kLater), "");
  }
  expect_red(run("ci", "build", "SUCCESS", kEarlier), run("ci", "build", "FAILURE", kLater),
             "build (FAILURE).");
  expect_red(run("ci", "build", "SUCCESS", kEarlier), run("ci", "build", "CANCELLED", kLater),
             "build (CANCELLED).");
  expect_red(run("ci", "build", "SUCCESS", kEarlier), run("ci", "build", "IN_PROGRESS", kLater),
             "build (IN_PROGRESS).");
}

TEST_F(Checks, SoItIsForCommitStatuses) {
  expect_red(status("ci", "FAILURE", kEarlier), status("ci", "SUCCESS", kLater), "");
  expect_red(status("ci", "ERROR", kEarlier), status("ci", "SUCCESS", kLater), "");
  expect_red(status("ci", "SUCCESS", kEarlier), status("ci", "FAILURE", kLater), "ci (FAILURE).");
  expect_red(status("ci", "SUCCESS", kEarlier), status("ci", "PENDING", kLater), "ci (PENDING).");
}

TEST_F(Checks, OfOneNameAreSeveralInSeveralWorkflowsAndOfEachKind) {
  expect_red(run("ci", "build", "FAILURE", kEarlier), run("release", "build", "SUCCESS", kLater),
             "build (FAILURE).");
  expect_red(run("", "build", "FAILURE", kEarlier), status("build", "SUCCESS", kLater),
             "build (FAILURE).");
  expect_red(run("ci", "build", "FAILURE", kEarlier), run("ci", "test", "SUCCESS", kLater),
             "build (FAILURE).");
}

TEST_F(Checks, ThatWaitToBeRepeatedAreTheNewest) {
  expect_red(run("ci", "build", "SUCCESS", kLater), run("ci", "build", "QUEUED", kNoTime),
             "build (QUEUED).");
  expect_red(run("ci", "build", "FAILURE", kLater), run("ci", "build", "QUEUED", kNoTime),
             "build (QUEUED).");
}

TEST_F(Checks, BothCountWhereNoneIsKnownToBeTheNewest) {
  for (const char* const time : {kLater, kNoTime, "", "yesterday", "2026-11-28T10:00:00+01:00"}) {
    expect_red(run("ci", "build", "FAILURE", time), run("ci", "build", "SUCCESS", time),
               "build (FAILURE).");
  }
  expect_red(run("ci", "build", "FAILURE", kNoTime), run("ci", "build", "SUCCESS", kLater),
             "build (FAILURE).");
}

TEST_F(Checks, AreOrderedByFractionsOfSeconds) {
  expect_red(run("ci", "build", "FAILURE", kLater),
             run("ci", "build", "SUCCESS", "2026-11-28T10:00:00.5Z"), "");
}

}  // namespace
