#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "engine/base/reader_word.h"
#include "engine/base/time_limit.h"
#include "engine/config/project_remotes.h"
#include "engine/doctor/checks.h"
#include "engine/forge/gh_commands.h"
#include "engine/forge/gh_failure.h"
#include "engine/forge/gh_hosts.h"
#include "engine/git/commands.h"
#include "engine/git/failure.h"
#include "engine/git/lines.h"
#include "engine/git/read_identity.h"
#include "engine/git/signing.h"
#include "engine/process/runner.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// The first that knows all options of GitCommands: fetch's --no-write-fetch-head and
// --no-auto-maintenance.
constexpr std::array<int, 2> kMinGit = {2, 29};

std::string text_of(const std::array<int, 2>& version) {
  return std::to_string(version[0]) + "." + std::to_string(version[1]);
}

// The numbers at the beginning of "2.39.5 (Apple Git-154)".
std::optional<std::array<int, 2>> parse_version(std::string_view text) {
  std::array<int, 2> version{};
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version[0]);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') {
    return std::nullopt;
  }
  const auto minor = std::from_chars(major.ptr + 1, end, version[1]);
  return minor.ec == std::errc() ? std::optional(version) : std::nullopt;
}

// "github.com as dana", for each host that gh says it is logged in to.
std::vector<std::string> logins_of(std::string_view status) {
  constexpr std::string_view kLoggedIn = "Logged in to ";
  std::vector<std::string> logins;
  for (std::string_view line : lines_of(status)) {
    const auto at = line.find(kLoggedIn);
    if (at == std::string_view::npos) {
      continue;
    }
    line.remove_prefix(at + kLoggedIn.size());
    logins.push_back(shown_line(line.substr(0, line.find(" ("))));
  }
  return logins;
}

// The host that the project's branch is pushed to, if gh does not know it: then a rollout takes the
// number of the pull request from the refs there.
std::optional<std::string> host_unknown_to_gh(const Host& host, const CallContext& call,
                                              const DoctorFindings& findings) {
  const auto remotes = findings.project ? read_project_remotes(host, *findings.project,
                                                               findings.project_branch, call)
                                        : Result<ProjectRemotes>(ProjectRemotes());
  const auto remote = remotes ? push_remote(remotes->of_branch, "") : std::nullopt;
  if (!remote) {
    return std::nullopt;
  }
  const RemoteUrl url(remote->push_url.empty() ? remote->url : remote->push_url);
  const bool is_known =
      url.is_local() || url.host().empty() || gh_may_know(host.environment, url.host());
  return is_known ? std::nullopt : std::optional(shown_line(url.host()));
}

std::string shown(const Person& person) {
  return sanitize_line(person.name, 200) + " <" + sanitize_line(person.email, 200) + ">";
}

}  // namespace

DoctorCheck check_git(const Host& host, const CallContext& call, DoctorFindings& findings) {
  constexpr std::string_view kWords = "git version ";
  const ProcessResult completion = host.runner.run(GitCommands::version(), call.stop);
  if (!completion.ok()) {
    return missing("git", git_not_run(completion, "ask git for its version", host.time_limit));
  }
  findings.git = true;
  std::string version = sanitize_line(completion.out, 80);
  if (version.starts_with(kWords)) {
    version.erase(0, kWords.size());
  }
  const auto numbers = parse_version(version);
  if (numbers && *numbers < kMinGit) {
    return missing(
        "git", {Code::internal,
                "git is of version " + version + "; " + text_of(kMinGit) + " or later is needed.",
                "Install a newer git (https://git-scm.com)."});
  }
  return in_place("git", "version " + version);
}

DoctorCheck check_gh(const Host& host, const CallContext& call, const DoctorFindings& findings) {
  const GhCommands commands(host.environment, findings.project.value_or("/"));
  ProcessResult completion = host.runner.run(commands.auth_status(), call.stop);
  // Which of the two gh writes to depends on its version.
  const std::string words = completion.err + "\n" + completion.out;
  const std::vector<std::string> logins = logins_of(words);
  if (completion.ok()) {
    return in_place("gh", logins.empty() ? "logged in" : "logged in to " + joined(logins));
  }
  completion.err = words;
  const Error error =
      gh_failure(completion, "gh auth status", "asking gh for its login", host.time_limit);
  if (completion.kind == ProcessResult::Kind::exited && !logins.empty()) {
    return noted("gh", "logged in to " + joined(logins) + ", but not everywhere: " + error.message,
                 "Run `gh auth status`. If it reports a problem with the project's host, "
                 "run `gh auth login`.");
  }
  if (const auto elsewhere = host_unknown_to_gh(host, call, findings)) {
    return noted("gh", error.message,
                 "A rollout of this project does not need it: the number of the pull request is "
                 "taken from the refs of " +
                     *elsewhere + for_reader(", or given ({prNumber})."));
  }
  return missing("gh", error);
}

DoctorCheck check_time_limit(const Host& host) {
  const auto limit = time_limit(host.environment);
  if (!limit) {
    return missing("time-limit", limit.error());
  }
  const bool is_set = host.environment.get("ROLLOUT_TIMEOUT_SECONDS").has_value();
  return in_place("time-limit",
                  std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*limit).count()) +
                      " s for one child process" + (is_set ? "" : " (the default)"));
}

DoctorCheck check_identity(const Host& host, const CallContext& call, DoctorFindings& findings) {
  if (!findings.git) {
    return skipped("identity", "git");
  }
  auto identity = expect_identity(host, findings.remote ? findings.remote->clone : "/nonexistent",
                                  call, findings.tls());
  if (!identity) {
    return missing("identity", identity.error());
  }
  if (!*identity) {
    return noted("identity",
                 "git has user.name and user.email for certain repositories only, if at all "
                 "(includeIf in its configuration).",
                 "Whether the clone is one of these shows at the first rollout.");
  }
  findings.identity = std::move(*identity);
  return in_place("identity", shown(findings.identity->author));
}

DoctorCheck check_signing(const Host& host, const CallContext& call, const DoctorFindings& findings,
                          const Result<ScratchRepository>& scratch) {
  if (!findings.identity) {
    return skipped("signing", "identity");
  }
  if (!findings.identity->sign_commits) {
    return in_place("signing", "not asked for (git's commit.gpgsign)");
  }
  if (!scratch) {
    return missing("signing", scratch.error());
  }
  const fs::path repository = findings.clone.value_or(scratch->path());
  const GitCommands commands(host.environment, findings.tls(), repository, std::nullopt);
  const auto limit = std::min(kSigningLimit, host.time_limit);
  const ProcessResult completion = host.runner.run(
      commands.try_signing(scratch->path() / ".git/objects", *findings.identity), call.stop, limit);
  const auto commit = signed_commit(
      completion,
      git_failure(completion, {"sign a commit for",
                               findings.remote ? findings.remote->url : RemoteUrl("a trial"),
                               repository, findings.tls(), limit}));
  if (!commit) {
    return missing("signing", commit.error());
  }
  return in_place("signing", "a commit can be signed without a prompt");
}

}  // namespace engine
