#include "engine/git_failure.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <optional>

#include "engine/git_environment.h"
#include "engine/text.h"

namespace engine {
namespace {

// The cause of a failure, finer than its code where the advice differs.
enum class Cause {
  tls,
  host_key,
  ssh_key,
  token,
  no_repository,
  unreachable,  // no connection came about
  broken_off,   // it did, and then broke
  no_ssh,
  no_transport,
  no_branch,
  disk_full,
  lock_file,
  no_identity,
  object_format,
  ownership,
  bad_configuration,
};

struct Sign {
  std::string_view words;  // in lower case, anywhere in a line
  Cause cause;
};

// In the order in which they are looked for: what is more telling first, since one failure leaves
// several lines.
constexpr Sign kSigns[] = {
    {"no space left on device", Cause::disk_full},
    {"disk quota exceeded", Cause::disk_full},
    {"server certificate verification failed", Cause::tls},
    {"ssl certificate problem", Cause::tls},
    {"certificate verify failed", Cause::tls},
    {"certificate subject name", Cause::tls},
    {"ssl: no alternative certificate", Cause::tls},
    {"self-signed certificate", Cause::tls},
    {"self signed certificate", Cause::tls},
    {"error setting certificate", Cause::tls},
    {"problem with the ssl ca cert", Cause::tls},
    {"remote host identification has changed", Cause::host_key},
    {"host key verification failed", Cause::host_key},
    {"no matching host key type", Cause::host_key},
    {"permission denied (", Cause::ssh_key},
    {"too many authentication failures", Cause::ssh_key},
    {"error: permission to", Cause::ssh_key},
    {"the project you were looking for could not be found", Cause::no_repository},
    {"repository not found", Cause::no_repository},
    {"remote: not found", Cause::no_repository},
    {"fatal: repository '", Cause::no_repository},
    {"remote: permission to", Cause::token},
    {"write access to repository not granted", Cause::token},
    {"could not read username", Cause::token},
    {"could not read password", Cause::token},
    {"authentication failed", Cause::token},
    {"access denied or repository not exported", Cause::no_repository},
    {"access denied", Cause::token},
    {"invalid username or", Cause::token},
    {"returned error: 401", Cause::token},
    {"returned error: 403", Cause::token},
    {"returned error: 404", Cause::no_repository},
    {"does not appear to be a git repository", Cause::no_repository},
    {"not found: did you run git update-server-info", Cause::no_repository},
    {"couldn't find remote ref", Cause::no_branch},
    {"mismatched algorithms", Cause::object_format},
    {"detected dubious ownership", Cause::ownership},
    {"bad config ", Cause::bad_configuration},
    {"please tell me who you are", Cause::no_identity},
    {"empty ident name", Cause::no_identity},
    {"cannot run ssh", Cause::no_ssh},
    {"transport '", Cause::no_transport},
    {"unable to find remote helper", Cause::no_transport},
    {".lock': file exists", Cause::lock_file},
    {"ssh: connect to host", Cause::unreachable},
    {"could not resolve host", Cause::unreachable},
    {"couldn't resolve host", Cause::unreachable},
    {"could not resolve proxy", Cause::unreachable},
    {"unable to look up", Cause::unreachable},
    {"failed to connect", Cause::unreachable},
    {"unable to connect", Cause::unreachable},
    {"connection refused", Cause::unreachable},
    {"connection timed out", Cause::broken_off},
    {"operation timed out", Cause::broken_off},
    {"operation too slow", Cause::broken_off},
    {"network is unreachable", Cause::unreachable},
    {"no route to host", Cause::unreachable},
    {"connection reset", Cause::broken_off},
    {"connection closed", Cause::broken_off},
    {"empty reply from server", Cause::broken_off},
    {"returned error: 4", Cause::broken_off},
    {"returned error: 5", Cause::broken_off},
    {"from proxy after connect", Cause::unreachable},
    {"gnutls_handshake", Cause::unreachable},
    {"ssl_error_syscall", Cause::broken_off},
    {"unexpected disconnect", Cause::broken_off},
    {"the remote end hung up", Cause::broken_off},
    {"early eof", Cause::broken_off},
    {"rpc failed", Cause::broken_off},
    {"unable to access", Cause::broken_off},
    {"could not read from remote repository", Cause::broken_off},
};

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return result;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    if (end != 0) {
      lines.push_back(text.substr(0, end));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string clean(std::string_view line) {
  return printable_line(redact(line));
}

struct Diagnosis {
  Cause cause;
  std::string line;  // the line that told
};

std::optional<Diagnosis> diagnose(std::string_view err) {
  const auto lines = lines_of(err);
  for (const Sign& sign : kSigns) {
    for (const std::string_view line : lines) {
      const std::string text = lower(line);
      // What happened to the remote's disk is the remote's refusal.
      const bool remotes_own = text.starts_with("remote: ") || text.starts_with("remote unpack");
      if (remotes_own && sign.cause == Cause::disk_full) {
        continue;
      }
      if (text.find(sign.words) != std::string::npos) {
        return Diagnosis{sign.cause, clean(line)};
      }
    }
  }
  return std::nullopt;
}

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
  return "Check `gh auth status`; log in again with `gh auth login` and let git use it with `gh "
         "auth setup-git`.";
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
    case Cause::no_ssh:
      return "Install an ssh client, or use an HTTPS URL in fluxGitRepo.";
    case Cause::no_transport:
      return "Use an https, http, ssh, git or file URL in fluxGitRepo.";
    case Cause::no_branch:
      return "Check the remote's branches with `git ls-remote --symref <url> HEAD`.";
    case Cause::disk_full:
      return "Free space on the disk that holds " + step.clone.string() + ", then try again.";
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

std::string seconds(std::chrono::milliseconds limit) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(limit).count()) + " s";
}

}  // namespace

Error git_not_run(const Completion& completion, std::string_view doing,
                  std::chrono::milliseconds limit) {
  const std::string what = "Could not " + std::string(doing);
  switch (completion.kind) {
    case Completion::Kind::not_found:
      return {Code::internal, what + ": git is not installed, or not on PATH.",
              "Install git (https://git-scm.com), then try again."};
    case Completion::Kind::failed:
      return {Code::internal, what + ": git could not be started: " + clean(completion.err) + "."};
    case Completion::Kind::cancelled:
      return {Code::cancelled, "Cancelled while git was to " + std::string(doing) + "."};
    case Completion::Kind::timed_out:
      return {Code::timeout, what + " within " + seconds(limit) + "; git was ended.",
              "Check the network, and whether git waits for something by running it by hand; "
              "ROLLOUT_TIMEOUT_SECONDS sets the limit."};
    case Completion::Kind::signalled:
      return {Code::internal,
              what + ": git was ended by signal " + std::to_string(completion.status) + "."};
    case Completion::Kind::exited:
      break;
  }
  return {Code::internal,
          what + ": git ended with exit status " + std::to_string(completion.status) + "."};
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
    return {Code::internal, "Could not " + doing + ": " + line};
  }
  return {code_of(diagnosis->cause), "Could not " + doing + ": " + diagnosis->line,
          advice(diagnosis->cause, step)};
}

bool nothing_was_sent(const Completion& completion) {
  if (completion.kind != Completion::Kind::exited) {
    return completion.kind == Completion::Kind::not_found ||
           completion.kind == Completion::Kind::failed;
  }
  const auto diagnosis = diagnose(completion.err);
  return diagnosis && diagnosis->cause != Cause::broken_off;
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
  const std::string text = lower(completion.err);
  return std::ranges::any_of(
      kWords, [&](std::string_view words) { return text.find(words) != std::string::npos; });
}

std::vector<std::string> remote_words(std::string_view err) {
  constexpr std::string_view kPrefix = "remote:";
  std::vector<std::string> words;
  for (std::string_view line : lines_of(err)) {
    if (!line.starts_with(kPrefix)) {
      continue;
    }
    line.remove_prefix(kPrefix.size());
    std::string text = clean(line);
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
    return clean(*telling);
  }
  return lines.empty() ? std::string() : clean(lines.back());
}

}  // namespace engine
