#include "engine/git/failure.h"

#include <algorithm>
#include <csignal>
#include <system_error>

#include "engine/base/file_error.h"
#include "engine/base/time_limit.h"
#include "engine/git/advice.h"
#include "engine/git/diagnosis.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

Code code_of(Cause cause) {
  switch (cause) {
    case Cause::tls:
      return Code::tls_untrusted;
    case Cause::host_key:
    case Cause::ssh_key:
    case Cause::token:
    case Cause::sign_on:
    case Cause::address:
    case Cause::refused_access:
    case Cause::login_page:
      return Code::auth_failed;
    case Cause::no_repository:
    case Cause::gone:
    case Cause::no_git_answer:
      return Code::remote_not_found;
    case Cause::unreachable:
    case Cause::broken_off:
    case Cause::server_error:
    case Cause::bad_request:
    case Cause::proxy:
    case Cause::no_ssh:
    case Cause::no_git_there:
      return Code::unreachable;
    case Cause::archived:
    case Cause::push_feature:
      return Code::rejected;
    case Cause::push_signature:
      return Code::sign_failed;
    case Cause::no_branch:
      return Code::branch_not_found;
    case Cause::disk_full:
      return Code::disk_full;
    case Cause::lock_file:
      return Code::locked;
    case Cause::no_identity:
      return Code::no_identity;
    case Cause::no_transport:
    case Cause::bad_configuration:
      return Code::bad_config;
    case Cause::object_format:
    case Cause::ownership:
    case Cause::local_failure:
      return Code::internal;
  }
  return Code::internal;
}

// What the remote said besides the line that told; a line that says it already is not repeated.
std::string further_words(std::string message, std::string_view err) {
  constexpr std::size_t kMax = 2048;
  for (const std::string& words : words_from_outside(err)) {
    if (message.find(words) == std::string::npos) {
      message += " " + words;
    }
  }
  return sanitize_line(message, kMax);
}

// git's own lines, in lower case: without what the remote says, which may be all that follows where
// git passes its last words on.
std::string own_lines(std::string_view err) {
  constexpr std::string_view kLastWords = "fatal: remote error:";
  std::string own;
  for (const std::string_view line : lines_of(err)) {
    if (line.starts_with(kLastWords)) {
      break;
    }
    if (is_of_git(line)) {
      own += in_lower_case(line) + "\n";
    }
  }
  return own;
}

// git wrote to a connection that the other end had closed. A push with options meets that also
// where it has nothing to send: git (2.39) sends the options all the same, and the remote may have
// gone by then.
bool wrote_to_closed_connection(const ProcessResult& completion) {
  return completion.kind == ProcessResult::Kind::signalled && completion.status == SIGPIPE;
}

// Whether a push can end so after it was sent.
bool may_follow_push(Cause cause) {
  return cause == Cause::broken_off || cause == Cause::server_error ||
         cause == Cause::bad_request || cause == Cause::no_git_answer ||
         cause == Cause::login_page || cause == Cause::local_failure;
}

}  // namespace

Error git_not_run(const ProcessResult& completion, std::string_view doing,
                  std::chrono::milliseconds limit) {
  const std::string what = "Could not " + std::string(doing);
  switch (completion.kind) {
    case ProcessResult::Kind::not_found:
      return {Code::internal, what + ": git is not installed, or not on PATH.",
              "Install git (https://git-scm.com), then try again."};
    case ProcessResult::Kind::failed:
      return {Code::internal,
              what + ": git could not be started: " + shown_line(completion.err) + ".",
              "See whether `git --version` works in a terminal, then try again."};
    case ProcessResult::Kind::lost:
      return {Code::internal, what + ": git ran, but " + shown_line(completion.err) + ".",
              "Try again."};
    case ProcessResult::Kind::cancelled:
      return {Code::cancelled, "Cancelled while trying to " + std::string(doing) + "."};
    case ProcessResult::Kind::timed_out:
      return {Code::timeout, what + " within " + in_seconds(limit) + "; git was ended.",
              "Check the network, and whether git waits for something by running it by hand; "
              "ROLLOUT_TIMEOUT_SECONDS sets the limit."};
    case ProcessResult::Kind::signalled:
      if (completion.status == SIGXFSZ) {
        return {Code::disk_full,
                what + ": git was ended because a file would have exceeded the size limit.",
                "Raise the limit of a file's size (`ulimit -f` shows it), then try again."};
      }
      return {Code::internal,
              what + ": git was ended by signal " + std::to_string(completion.status) + ".",
              "A user or the system (out of memory?) ended it: try again."};
    case ProcessResult::Kind::exited:
      break;
  }
  return {Code::internal,
          what + ": git ended with exit status " + std::to_string(completion.status) + ".",
          advice_for_unknown()};
}

Error git_failure(const ProcessResult& completion, const GitStep& step) {
  const std::string doing = step.doing + " " + step.url.shown();
  if (wrote_to_closed_connection(completion)) {
    return {Code::unreachable, "Could not " + doing + ": the remote closed the connection.",
            advice(Cause::broken_off, step)};
  }
  if (completion.kind != ProcessResult::Kind::exited) {
    return git_not_run(completion, doing, step.limit);
  }
  const auto diagnosis = diagnose(completion.err);
  if (!diagnosis) {
    const std::string line = git_line(completion.err);
    if (line.empty()) {
      return git_not_run(completion, doing, step.limit);
    }
    std::string message = further_words("Could not " + doing + ": " + line, completion.err);
    return {Code::internal, std::move(message), advice_for_unknown()};
  }
  std::string message = "Could not " + doing + ": " + diagnosis->line;
  if (is_told_by_remote(diagnosis->cause)) {
    message = further_words(std::move(message), completion.err);
  }
  return {code_of(diagnosis->cause), std::move(message), advice(diagnosis->cause, step)};
}

bool nothing_was_sent(const ProcessResult& completion) {
  if (completion.kind != ProcessResult::Kind::exited) {
    return completion.kind == ProcessResult::Kind::not_found ||
           completion.kind == ProcessResult::Kind::failed;
  }
  const auto diagnosis = diagnose(completion.err);
  if (!diagnosis || may_follow_push(diagnosis->cause)) {
    return false;
  }
  // The connection that could not be made may be the second one: git's HTTP sends a push again by
  // itself when its connection breaks.
  const bool no_connection =
      diagnosis->cause == Cause::unreachable || diagnosis->cause == Cause::proxy;
  return !no_connection || completion.err.find("RPC failed") == std::string::npos;
}

bool says_it_could_not_write(const ProcessResult& completion) {
  constexpr std::string_view kWords[] = {
      "couldn't write", "could not write", "unable to write",  "failed to write",
      "cannot write",   "write error",     "unable to create", "cannot create",
  };
  const std::string text = in_lower_case(completion.err);
  return completion.kind == ProcessResult::Kind::exited &&
         std::ranges::any_of(
             kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

bool is_full_disk_of_remote(const ProcessResult& completion, const GitStep& step) {
  namespace fs = std::filesystem;
  const std::optional<std::string> remote = step.url.local_path();
  const auto is_below = [](std::string_view path, std::string_view directory) {
    return path.size() > directory.size() && path.starts_with(directory) &&
           path[directory.size()] == '/';
  };
  for (const std::string_view line : lines_of(completion.err)) {
    const auto begin = line.find("'/");
    const auto end = begin == std::string_view::npos ? begin : line.find('\'', begin + 1);
    if (end == std::string_view::npos || !says_disk_is_full(line)) {
      continue;
    }
    const std::string_view path = line.substr(begin + 1, end - begin - 1);
    std::error_code error;
    if (is_below(path, step.clone.string())) {
      return false;
    }
    if ((remote && is_below(path, *remote)) || !fs::exists(fs::path(path).parent_path(), error)) {
      return true;
    }
  }
  return false;
}

bool indicates_corrupt_clone(const ProcessResult& completion) {
  if (completion.kind != ProcessResult::Kind::exited || diagnose(completion.err)) {
    return false;
  }
  constexpr std::string_view kWords[] = {
      "not a git repository", "bad object",      "corrupt",           "object file",
      "unable to read",       "could not read",  "index file",        "packed object",
      "missing blob",         "missing tree",    "missing commit",    "invalid sha1 pointer",
      "shallow file",         "bad signature",   "did not send all",  "unable to find",
      "failed to traverse",   "broken",          "unresolved deltas", "cannot lock ref",
      "could not parse",      "unable to parse", "bad packfile",      "unable to resolve",
      "bad shallow line",
  };
  const std::string text = own_lines(completion.err);
  return std::ranges::any_of(
      kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

bool says_other_git_is_at_work(const ProcessResult& completion) {
  if (completion.kind != ProcessResult::Kind::exited || completion.status == 0) {
    return false;
  }
  const auto diagnosis = diagnose(completion.err);
  return diagnosis ? diagnosis->cause == Cause::lock_file
                   : completion.err.find("but expected") != std::string::npos;
}

}  // namespace engine
