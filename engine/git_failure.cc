#include "engine/git_failure.h"

#include <algorithm>
#include <csignal>
#include <system_error>

#include "engine/file_error.h"
#include "engine/git_diagnosis.h"
#include "engine/text.h"
#include "engine/time_limit.h"

namespace engine {
namespace {

Code code_of(Cause cause) {
  switch (cause) {
    case Cause::tls:
      return Code::tls_untrusted;
    case Cause::host_key:
    case Cause::ssh_key:
    case Cause::token:
      return Code::auth_failed;
    case Cause::no_repository:
      return Code::remote_not_found;
    case Cause::unreachable:
    case Cause::broken_off:
    case Cause::server_error:
    case Cause::no_ssh:
      return Code::unreachable;
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
      return Code::internal;
  }
  return Code::internal;
}

// The host of a URL or an scp-like address, for advice.
std::string host_of(std::string_view url) {
  const std::string shown = without_userinfo(url);
  std::string_view rest = shown;
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) {
    rest.remove_prefix(scheme + 3);
  } else if (const auto at = rest.find('@'); at != std::string_view::npos) {
    rest.remove_prefix(at + 1);
  }
  return std::string(rest.substr(0, rest.find_first_of("/:")));
}

std::string key_advice(const GitStep& step) {
  return "Use an HTTPS URL in fluxGitRepo, or check that ~/.ssh/config names the right key for " +
         host_of(step.url) + " and that the key works without a passphrase prompt (ssh-agent).";
}

std::string host_key_advice(const GitStep& step) {
  const std::string host = host_of(step.url);
  return "The host key of " + host +
         " is not known, or not the one that is known. Connect once by hand (`ssh " + host +
         "`), compare its fingerprint with the one that the host publishes, and accept it; or use "
         "an HTTPS URL in fluxGitRepo.";
}

std::string token_advice(const GitStep& step) {
  if (step.type == FluxGitRepoType::gitea) {
    return "Check that git has valid credentials for " + host_of(step.url) +
           " that allow writing (a credential helper, or a user and token in fluxGitRepo).";
  }
  return "Git's credentials for " + host_of(step.url) +
         " are missing, not valid, or not enough. For GitHub check `gh auth status`, log in again "
         "with `gh auth login`, and let git use it with `gh auth setup-git`; for another host "
         "check git's credential helper.";
}

std::string tls_advice(const GitStep& step) {
  if (step.type == FluxGitRepoType::gitea) {
    return "Certificates are not verified for a gitea remote; check the URL and the TLS settings "
           "of git and of the host.";
  }
  return "Verify `fluxGitRepoType: gitea` in the rwenv config if this is a Gitea with a "
         "certificate of its own; for another host, tell git its certificate authority "
         "(http.sslCAInfo).";
}

std::string advice(Cause cause, const GitStep& step) {
  switch (cause) {
    case Cause::tls:
      return tls_advice(step);
    case Cause::host_key:
      return host_key_advice(step);
    case Cause::ssh_key:
      return key_advice(step);
    case Cause::token:
      return token_advice(step);
    case Cause::no_repository:
      return "Check fluxGitRepo in the rwenv config, and that your account may see the repository.";
    case Cause::unreachable:
    case Cause::broken_off:
      return "Check the network, VPN and proxy, and that the host is up; then try again.";
    case Cause::server_error:
      return host_of(step.url) +
             " answers, but with an error: try again later; if it stays, ask whoever runs it.";
    case Cause::no_ssh:
      return "Install an ssh client, or use an HTTPS URL in fluxGitRepo.";
    case Cause::no_transport:
      return "Use an https, http, ssh, git or file URL in fluxGitRepo.";
    case Cause::no_branch:
      return "Check the remote's branches with `git ls-remote --symref <url> HEAD`.";
    case Cause::disk_full:
      return advice_for_full_disk(step);
    case Cause::lock_file:
      return "Another git works in " + step.clone.string() +
             "; wait until it is done, then try again.";
    case Cause::no_identity:
      return "Set git's user.name and user.email: `git config --global user.name \"Your Name\"`, "
             "`git config --global user.email you@example.com`.";
    case Cause::object_format:
      return "The repository uses SHA-256 object ids; only SHA-1 repositories are supported.";
    case Cause::ownership:
      return "The repository belongs to another user: correct its owner, or name it in git's "
             "safe.directory.";
    case Cause::bad_configuration:
      return "Correct git's configuration at that place.";
  }
  return {};
}

constexpr std::string_view kUnknownAdvice =
    "This is none of the failures that are known here: run the same git command by hand to learn "
    "more, and report it with this message.";

}  // namespace

Error git_not_run(const Completion& completion, std::string_view doing,
                  std::chrono::milliseconds limit) {
  const std::string what = "Could not " + std::string(doing);
  switch (completion.kind) {
    case Completion::Kind::not_found:
      return {Code::internal, what + ": git is not installed, or not on PATH.",
              "Install git (https://git-scm.com), then try again."};
    case Completion::Kind::failed:
      return {Code::internal,
              what + ": git could not be started: " + shown_line(completion.err) + ".",
              "See whether `git --version` works in a terminal, then try again."};
    case Completion::Kind::lost:
      return {Code::internal, what + ": git ran, but " + shown_line(completion.err) + ".",
              "Try again."};
    case Completion::Kind::cancelled:
      return {Code::cancelled, "Cancelled while git was to " + std::string(doing) + "."};
    case Completion::Kind::timed_out:
      return {Code::timeout, what + " within " + in_seconds(limit) + "; git was ended.",
              "Check the network, and whether git waits for something by running it by hand; "
              "ROLLOUT_TIMEOUT_SECONDS sets the limit."};
    case Completion::Kind::signalled:
      if (completion.status == SIGXFSZ) {
        return {Code::disk_full,
                what + ": git was ended because a file would have exceeded the size limit.",
                "Raise the limit of a file's size (`ulimit -f` shows it), then try again."};
      }
      return {Code::internal,
              what + ": git was ended by signal " + std::to_string(completion.status) + ".",
              "Somebody or the system (out of memory?) ended it: try again."};
    case Completion::Kind::exited:
      break;
  }
  return {Code::internal,
          what + ": git ended with exit status " + std::to_string(completion.status) + ".",
          std::string(kUnknownAdvice)};
}

Error git_failure(const Completion& completion, const GitStep& step) {
  const std::string doing = step.doing + " " + without_userinfo(step.url);
  if (completion.kind != Completion::Kind::exited) {
    return git_not_run(completion, doing, step.limit);
  }
  const auto diagnosis = diagnose(completion.err);
  if (!diagnosis) {
    const std::string line = git_line(completion.err);
    if (line.empty()) {
      return git_not_run(completion, doing, step.limit);
    }
    return {Code::internal, "Could not " + doing + ": " + line, std::string(kUnknownAdvice)};
  }
  std::string message = "Could not " + doing + ": " + diagnosis->line;
  if (diagnosis->cause == Cause::server_error) {
    for (const std::string& words : remote_words(completion.err)) {
      message += " " + words;
    }
  }
  return {code_of(diagnosis->cause), std::move(message), advice(diagnosis->cause, step)};
}

bool nothing_was_sent(const Completion& completion) {
  if (completion.kind != Completion::Kind::exited) {
    return completion.kind == Completion::Kind::not_found ||
           completion.kind == Completion::Kind::failed;
  }
  const auto diagnosis = diagnose(completion.err);
  if (!diagnosis || diagnosis->cause == Cause::broken_off ||
      diagnosis->cause == Cause::server_error) {
    return false;
  }
  // The connection that could not be made may be the second one: git's HTTP sends a push again by
  // itself when its connection breaks.
  return diagnosis->cause != Cause::unreachable ||
         completion.err.find("RPC failed") == std::string::npos;
}

bool says_it_could_not_write(const Completion& completion) {
  constexpr std::string_view kWords[] = {
      "couldn't write", "could not write", "unable to write",  "failed to write",
      "cannot write",   "write error",     "unable to create", "cannot create",
  };
  const std::string text = in_lower_case(completion.err);
  return completion.kind == Completion::Kind::exited &&
         std::ranges::any_of(
             kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

bool is_full_disk_of_remote(const Completion& completion, const GitStep& step) {
  namespace fs = std::filesystem;
  constexpr std::string_view kLocal = "file://";
  const std::string_view url = step.url;
  const std::string remote(url.starts_with(kLocal) ? url.substr(kLocal.size()) : url);
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
    if (is_below(path, remote) || !fs::exists(fs::path(path).parent_path(), error)) {
      return true;
    }
  }
  return false;
}

std::string advice_for_full_disk(const GitStep& step) {
  return "Free space on the disk that holds " + step.clone.string() +
         ", or raise the limit (a quota, `ulimit -f`), then try again.";
}

bool says_clone_is_broken(const Completion& completion) {
  if (completion.kind != Completion::Kind::exited || diagnose(completion.err)) {
    return false;
  }
  constexpr std::string_view kWords[] = {
      "not a git repository", "bad object",      "corrupt",           "object file",
      "unable to read",       "could not read",  "index file",        "packed object",
      "missing blob",         "missing tree",    "missing commit",    "invalid sha1 pointer",
      "shallow file",         "bad signature",   "did not send all",  "unable to find",
      "failed to traverse",   "broken",          "unresolved deltas", "cannot lock ref",
      "could not parse",      "unable to parse", "bad packfile",      "unable to resolve",
  };
  const std::string text = in_lower_case(completion.err);
  return std::ranges::any_of(
      kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

bool says_other_git_is_at_work(const Completion& completion) {
  if (completion.kind != Completion::Kind::exited || completion.status == 0) {
    return false;
  }
  const auto diagnosis = diagnose(completion.err);
  return diagnosis ? diagnosis->cause == Cause::lock_file
                   : completion.err.find("but expected") != std::string::npos;
}

std::vector<std::string> remote_words(std::string_view err) {
  constexpr std::string_view kPrefix = "remote:";
  std::vector<std::string> words;
  for (std::string_view line : lines_of(err)) {
    if (!line.starts_with(kPrefix)) {
      continue;
    }
    line.remove_prefix(kPrefix.size());
    std::string text = shown_line(line);
    const bool progress = text.find("% (") != std::string::npos;
    const bool routine = text.starts_with(". Processing ") || text.starts_with("Processing ") ||
                         (text.starts_with("Processed ") && text.ends_with(" in total"));
    if (!text.empty() && !progress && !routine) {
      words.push_back(std::move(text));
    }
  }
  return words;
}

std::string git_line(std::string_view err) {
  const auto lines = lines_of(err);
  const auto telling = std::ranges::find_if(lines, [](std::string_view line) {
    return line.starts_with("fatal:") || line.starts_with("error:");
  });
  if (telling != lines.end()) {
    return shown_line(*telling);
  }
  return lines.empty() ? std::string() : shown_line(lines.back());
}

}  // namespace engine
