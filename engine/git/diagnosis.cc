#include "engine/git/diagnosis.h"

#include <algorithm>
#include <array>

#include "engine/git/lines.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

struct ErrorPattern {
  std::string_view words;  // in lower case, anywhere in a line
  Cause cause;
};

// What remotes give as the reason for a refusal, in the order in which it is looked for. In other
// lines than theirs, these words could be a part of the URL or of a greeting.
constexpr ErrorPattern kReasons[] = {
    {"saml", Cause::sign_on},
    {"single sign-on", Cause::sign_on},
    {"single sign on", Cause::sign_on},
    {" sso", Cause::sign_on},
    {"archived so ", Cause::archived},
    {"is archived", Cause::archived},
    {"was archived", Cause::archived},
    {"been archived", Cause::archived},
    {"archived repo", Cause::archived},
    {"archived project", Cause::archived},
    {"ip allow list", Cause::address},
    {"ip allowlist", Cause::address},
    {"ip whitelist", Cause::address},
    {"ip restriction", Cause::address},
    {"ip address", Cause::address},
    {"rate limit", Cause::server_error},
    {"too many requests", Cause::server_error},
    {"tf401019", Cause::no_repository},
    {"tf401027", Cause::token},
    {"tf400813", Cause::token},
};

// What git says when ssh ended without a word from the remote; why is what ssh says besides.
constexpr std::string_view kNothingToRead = "could not read from remote repository";

// In the order in which they are looked for: what is more telling first, since one failure leaves
// several lines.
constexpr ErrorPattern kErrorPatterns[] = {
    {"no space left on device", Cause::disk_full},
    {"disk quota exceeded", Cause::disk_full},
    {"out of diskspace", Cause::disk_full},
    {"file too large", Cause::disk_full},
    {"died of signal 25", Cause::disk_full},  // SIGXFSZ: the same limit, met by a child of git's
    {"server certificate verification failed", Cause::tls},
    {"server verification failed", Cause::tls},  // of curl 8, where it is built with GnuTLS
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
    {"marked as read only", Cause::ssh_key},
    {"key does not have write access", Cause::ssh_key},
    {"is not authorized to write", Cause::ssh_key},
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
    {"connect tunnel failed", Cause::proxy},
    {"from proxy after connect", Cause::proxy},
    {"proxy authentication", Cause::proxy},
    {"returned error: 407", Cause::proxy},
    {"returned error: 401", Cause::token},
    {"returned error: 403", Cause::token},
    {"returned error: 404", Cause::no_repository},
    {"returned error: 410", Cause::gone},
    {"returned error: 451", Cause::gone},
    {"info/refs not valid", Cause::no_git_answer},
    {"update url base from redirection", Cause::no_git_answer},
    {"returned error: 3", Cause::no_git_answer},
    {"bad line length character", Cause::no_git_answer},
    {"invalid server response", Cause::no_git_answer},
    {"git-upload-pack: command not found", Cause::no_git_there},
    {"git-upload-pack: not found", Cause::no_git_there},
    {"git-receive-pack: command not found", Cause::no_git_there},
    {"git-receive-pack: not found", Cause::no_git_there},
    {"command not found: git-", Cause::no_git_there},
    {"does not support --signed push", Cause::push_signature},
    {"failed to sign the push certificate", Cause::push_signature},
    {"the receiving end does not support", Cause::push_feature},
    {"does not appear to be a git repository", Cause::no_repository},
    {"not found: did you run git update-server-info", Cause::no_repository},
    {"couldn't find remote ref", Cause::no_branch},
    {"mismatched algorithms", Cause::object_format},
    {"detected dubious ownership", Cause::ownership},
    {"bad config ", Cause::bad_configuration},
    {"please tell me who you are", Cause::no_identity},
    {"empty ident name", Cause::no_identity},
    {"cannot run ssh", Cause::no_ssh},
    {"ssh variant '", Cause::no_ssh},
    {"transport '", Cause::no_transport},
    {"strange hostname", Cause::no_transport},
    {"strange port", Cause::no_transport},
    {"strange pathname", Cause::no_transport},
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
    {"returned error: 408", Cause::server_error},
    {"returned error: 429", Cause::server_error},
    {"returned error: 4", Cause::bad_request},
    {"returned error: 5", Cause::server_error},
    {"gnutls_handshake", Cause::unreachable},
    {"ssl_error_syscall", Cause::broken_off},
};

// What is left when nothing of the above was said: the connection ended.
constexpr std::array<std::string_view, 6> kEnds = {
    "unexpected disconnect", "the remote end hung up", "early eof", "rpc failed",
    "unable to access",      kNothingToRead,
};

// What a line tells is not why git failed: a warning is not, nor is, unless it is about access,
// what the remote says about itself.
bool is_aside(std::string_view lower_case_line, bool about_access) {
  const bool remotes_own =
      lower_case_line.starts_with("remote: ") || lower_case_line.starts_with("remote unpack");
  return lower_case_line.starts_with("warning: ") || (remotes_own && !about_access);
}

// A line, and the same in lower case.
struct Line {
  std::string_view text;
  std::string lower;

  bool has(std::string_view words) const { return lower.find(words) != std::string::npos; }
};

using Lines = std::vector<Line>;

Diagnosis told(Cause cause, const Line& line) {
  return {cause, shown_line(line.text)};
}

std::optional<Diagnosis> reason_of_remote(const Lines& lines) {
  for (const ErrorPattern& sign : kReasons) {
    for (const Line& line : lines) {
      if (is_of_remote(line.text) && line.has(sign.words)) {
        return told(sign.cause, line);
      }
    }
  }
  return std::nullopt;
}

// Where a page is that git was led to instead of a repository.
bool is_about_login(const Line& line) {
  constexpr std::array<std::string_view, 11> kWords = {"/login",  "/log-in", "signin", "sign_in",
                                                       "sign-in", "/sso",    "/auth/", "/auth.",
                                                       "oauth",   "saml",    "openid"};
  return std::ranges::any_of(kWords, [&](std::string_view words) { return line.has(words); });
}

// The answer is not from git: the address of a redirect says whether it is a login page.
Diagnosis no_git_answer(const Lines& lines, const Line& line) {
  Diagnosis diagnosis = told(Cause::no_git_answer, line);
  for (const Line& other : lines) {
    const bool of_redirection = other.has("redirect") || other.has("info/refs not valid");
    if (of_redirection && is_about_login(other)) {
      diagnosis.cause = Cause::login_page;
    }
    // Git spreads this one over lines.
    if (&other != &line &&
        (other.lower.starts_with("  asked for: ") || other.lower.starts_with("   redirect: "))) {
      diagnosis.line += " " + shown_line(other.text);
    }
  }
  return diagnosis;
}

std::optional<Diagnosis> known_cause(const Lines& lines) {
  for (const ErrorPattern& sign : kErrorPatterns) {
    const bool about_access = sign.cause == Cause::token || sign.cause == Cause::no_repository;
    for (const Line& line : lines) {
      if (!is_aside(line.lower, about_access) && line.has(sign.words)) {
        return sign.cause == Cause::no_git_answer ? no_git_answer(lines, line)
                                                  : told(sign.cause, line);
      }
    }
  }
  return std::nullopt;
}

// The program for ssh, which git starts itself or by a shell, is not there.
std::optional<Diagnosis> missing_ssh(const Lines& lines) {
  const bool no_child =
      std::ranges::any_of(lines, [](const Line& line) { return line.has("unable to fork"); });
  const bool nothing_read =
      std::ranges::any_of(lines, [](const Line& line) { return line.has(kNothingToRead); });
  for (const Line& line : lines) {
    const bool not_started = no_child && line.lower.starts_with("error: cannot run ");
    const bool not_found = nothing_read && !line.lower.starts_with("remote:") &&
                           (line.lower.ends_with(": not found") || line.has(": command not found"));
    if (not_started || not_found) {
      return told(Cause::no_ssh, line);
    }
  }
  return std::nullopt;
}

// Git or ssh gave up: the other's line that says why is there as well, or the connection broke.
std::optional<Diagnosis> end_of_connection(const Lines& lines) {
  for (const std::string_view words : kEnds) {
    for (const Line& line : lines) {
      if (is_aside(line.lower, false) || !line.has(words)) {
        continue;
      }
      const auto why = std::ranges::find_if(lines, [](const Line& other) {
        return other.text.starts_with("fatal:") && !is_aftermath(other.text);
      });
      if (why != lines.end()) {
        return told(Cause::local_failure, *why);
      }
      const auto of_ssh = std::ranges::find_if(lines, [](const Line& other) {
        return !is_aside(other.lower, false) && !is_aftermath(other.text);
      });
      const bool other = words == kNothingToRead && of_ssh != lines.end();
      return told(Cause::broken_off, other ? *of_ssh : line);
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_told_by_remote(Cause cause) {
  switch (cause) {
    case Cause::ssh_key:
    case Cause::token:
    case Cause::sign_on:
    case Cause::address:
    case Cause::refused_access:
    case Cause::archived:
    case Cause::no_repository:
    case Cause::gone:
    case Cause::no_git_answer:
    case Cause::login_page:
    case Cause::server_error:
    case Cause::bad_request:
    case Cause::proxy:
    case Cause::push_signature:
    case Cause::push_feature:
      return true;
    default:
      return false;
  }
}

std::optional<Diagnosis> diagnose(std::string_view err) {
  Lines lines;
  for (const std::string_view line : lines_of(err)) {
    lines.push_back({line, in_lower_case(line)});
  }
  for (const auto& look : {reason_of_remote, known_cause, missing_ssh, end_of_connection}) {
    if (auto diagnosis = look(lines)) {
      const bool refused = diagnosis->cause == Cause::token && diagnosis->line.ends_with("403") &&
                           !remote_words(err).empty();
      diagnosis->cause = refused ? Cause::refused_access : diagnosis->cause;
      return diagnosis;
    }
  }
  return std::nullopt;
}

}  // namespace engine
