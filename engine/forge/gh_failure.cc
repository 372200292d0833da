#include "engine/forge/gh_failure.h"

#include <string>

#include "engine/base/reader_word.h"
#include "engine/base/time_limit.h"
#include "engine/text/contains.h"
#include "engine/text/text.h"

namespace engine {
namespace {

#ifdef __APPLE__
constexpr std::string_view kInstallGh = "brew install gh";
#else
constexpr std::string_view kInstallGh = "apt install gh";
#endif
constexpr int kGhNeedsLogin = 4;  // gh's exit status for it, see `gh help exit-codes`

// Whether gh says that the project's remotes are on no host of its. It then advises to log in, but
// is logged in where it can be.
bool is_on_unknown_host(std::string_view err) {
  return contains(err, "known GitHub host");
}

bool asks_for_login(const ProcessResult& completion) {
  return completion.status == kGhNeedsLogin || contains(completion.err, "gh auth login") ||
         contains(completion.err, "HTTP 401");
}

}  // namespace

std::string give_the_number() {
  return for_reader("give the pull request's number ({prNumber}), then gh is not asked.");
}

bool knows_no_host(const ProcessResult& completion) {
  return completion.kind == ProcessResult::Kind::exited &&
         (is_on_unknown_host(completion.err) || completion.status == kGhNeedsLogin);
}

Error gh_failure(const ProcessResult& completion, std::string_view command, std::string_view doing,
                 std::chrono::milliseconds limit) {
  const std::string name = "`" + std::string(command) + "`";
  const std::string or_give_the_number = "or " + give_the_number();
  switch (completion.kind) {
    case ProcessResult::Kind::not_found:
      return {Code::gh_missing, "The GitHub CLI `gh` is not installed: it is not on PATH.",
              "Install it with `" + std::string(kInstallGh) +
                  "` (or as https://cli.github.com says) and run `gh auth login`, " +
                  or_give_the_number};
    case ProcessResult::Kind::timed_out:
      return {Code::timeout, name + " did not answer within " + in_seconds(limit) + ".",
              "Check the network and GitHub's status (ROLLOUT_TIMEOUT_SECONDS sets the limit), " +
                  or_give_the_number};
    case ProcessResult::Kind::cancelled:
      return {Code::cancelled, "Cancelled while " + std::string(doing) + "."};
    default:
      break;
  }
  const std::string words = sanitize_line(completion.err);
  if (is_on_unknown_host(completion.err)) {
    return {Code::gh_failed, name + " failed: " + words,
            "None of the project's remotes is on a host that gh knows. Where it is a GitHub "
            "Enterprise Server, run `gh auth login --hostname` with its name; else " +
                give_the_number()};
  }
  if (asks_for_login(completion)) {
    return {Code::gh_auth, "gh is not logged in to GitHub: " + words,
            "Run `gh auth login`, " + or_give_the_number};
  }
  return {Code::gh_failed,
          name + " failed: " + (words.empty() ? std::string("it gave no reason.") : words),
          "See what " + name + " says in the project directory, " + or_give_the_number};
}

}  // namespace engine
