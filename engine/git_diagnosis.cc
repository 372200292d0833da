#include "engine/git_diagnosis.h"

#include <algorithm>

#include "engine/text.h"

namespace engine {
namespace {

struct Sign {
  std::string_view words;  // in lower case, anywhere in a line
  Cause cause;
};

// What git says when ssh ended without a word from the remote; why is what ssh says before.
constexpr std::string_view kNothingToRead = "could not read from remote repository";

// In the order in which they are looked for: what is more telling first, since one failure leaves
// several lines.
constexpr Sign kSigns[] = {
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
    {"returned error: 4", Cause::server_error},
    {"returned error: 5", Cause::server_error},
    {"from proxy after connect", Cause::unreachable},
    {"gnutls_handshake", Cause::unreachable},
    {"ssl_error_syscall", Cause::broken_off},
    {"unexpected disconnect", Cause::broken_off},
    {"the remote end hung up", Cause::broken_off},
    {"early eof", Cause::broken_off},
    {"rpc failed", Cause::broken_off},
    {"unable to access", Cause::broken_off},
    {kNothingToRead, Cause::broken_off},
};

// What a line tells is not why git failed: a warning is not, nor is, unless it is about access,
// what the remote says about itself.
bool is_aside(std::string_view lower_case_line, bool about_access) {
  const bool remotes_own =
      lower_case_line.starts_with("remote: ") || lower_case_line.starts_with("remote unpack");
  return lower_case_line.starts_with("warning: ") || (remotes_own && !about_access);
}

}  // namespace

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

std::string shown_line(std::string_view line) {
  return printable_line(line);
}

std::optional<Diagnosis> diagnose(std::string_view err) {
  const auto lines = lines_of(err);
  for (const Sign& sign : kSigns) {
    const bool about_access = sign.cause == Cause::token || sign.cause == Cause::no_repository;
    std::string_view first;
    for (const std::string_view line : lines) {
      const std::string text = in_lower_case(line);
      if (is_aside(text, about_access)) {
        continue;
      }
      first = first.empty() ? line : first;
      if (text.find(sign.words) != std::string::npos) {
        return Diagnosis{sign.cause, shown_line(sign.words == kNothingToRead ? first : line)};
      }
    }
  }
  return std::nullopt;
}

}  // namespace engine
