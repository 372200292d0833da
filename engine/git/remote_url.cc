#include "engine/git/remote_url.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

std::string default_port(std::string_view scheme) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPorts = {
      {{"https", "443"}, {"http", "80"}, {"ssh", "22"}, {"git", "9418"}}};
  const auto* const known =
      std::ranges::find(kPorts, scheme, [](const auto& p) { return p.first; });
  return known == kPorts.end() ? std::string() : std::string(known->second);
}

std::string plain_path(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  std::string out;
  while (!path.empty()) {
    const auto slash = std::min(path.find('/'), path.size());
    const std::string_view component = path.substr(0, slash);
    if (!component.empty() && component != ".") {
      out.append(out.empty() ? "" : "/").append(component);
    }
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  if (out.ends_with(".git")) {
    out.resize(out.size() - std::string_view(".git").size());
  }
  while (out.ends_with('/')) {
    out.pop_back();
  }
  return out;
}

// What precedes "://", in lower case; nothing for ssh's short form and for a path.
std::optional<std::string> scheme_of(std::string_view text) {
  const auto end = text.find("://");
  return end == std::string_view::npos ? std::nullopt
                                       : std::optional(in_lower_case(text.substr(0, end)));
}

// `ext::sh -c ...` is a URL to git, and a way to run a program; `git@[::1]:flux.git` is a host.
bool names_remote_helper(std::string_view text) {
  const auto* const end = std::ranges::find_if_not(
      text, [](char c) { return is_alphanumeric(c) || c == '+' || c == '-' || c == '.'; });
  return text.substr(static_cast<std::size_t>(end - text.begin())).starts_with("::");
}

// Git would send it to the host in pieces, or not at all, and repeat it in its complaint.
bool is_web_address_with_space(std::string_view text) {
  return (text.starts_with("https:") || text.starts_with("http:")) &&
         text.find(' ') != std::string_view::npos;
}

}  // namespace

// "ann:pw@Host:22" into host and port.
void RemoteUrl::read_authority(std::string_view authority, Parts& parts) {
  const auto at = authority.rfind('@');
  authority.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = in_lower_case(authority.substr(0, colon));
  if (parts.host.ends_with('.')) {
    parts.host.pop_back();
  }
  if (colon != std::string_view::npos) {
    parts.port = authority.substr(colon + 1);
  }
  if (parts.port.empty()) {
    parts.port = default_port(parts.scheme);
  }
}

RemoteUrl::Parts RemoteUrl::read(std::string_view text) {
  Parts parts;
  if (auto scheme = scheme_of(text)) {
    text.remove_prefix(scheme->size() + std::string_view("://").size());
    parts.scheme = std::move(*scheme);
    if (parts.scheme.starts_with("git+")) {
      parts.scheme.erase(0, std::string_view("git+").size());
    } else if (parts.scheme == "ssh+git") {
      parts.scheme = "ssh";
    }
    const auto slash = std::min(text.find('/'), text.size());
    read_authority(text.substr(0, slash), parts);
    parts.path = plain_path(text.substr(slash));
    if (parts.scheme == "file" && parts.host == "localhost") {
      parts.host.clear();
    }
    return parts;
  }
  // ssh's short form, "git@host:path"; a colon after a slash belongs to a path.
  const auto bracket = text.starts_with('[') || text.find("@[") != std::string_view::npos
                           ? text.find(']')
                           : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos && text.find('/') > colon) {
    parts.scheme = "ssh";
    read_authority(text.substr(0, colon), parts);
    parts.path = plain_path(text.substr(colon + 1));
    return parts;
  }
  parts.scheme = "file";
  parts.path = plain_path(text);
  return parts;
}

RemoteUrl::RemoteUrl(std::string_view text)
    : text_(trimmed(text, " \t\r\n\v\f")), parts_(read(text_)) {}

std::string RemoteUrl::shown() const {
  return without_userinfo(text_);
}

bool RemoteUrl::is_fit_for_git() const {
  const bool control = std::ranges::any_of(
      text_, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; });
  return !text_.empty() && !text_.starts_with('-') && !control && !names_remote_helper(text_) &&
         !is_web_address_with_space(text_);
}

bool RemoteUrl::has_known_transport() const {
  constexpr std::array<std::string_view, 5> kTransports = {"https", "http", "ssh", "git", "file"};
  return std::ranges::find(kTransports, parts_.scheme) != kTransports.end();
}

bool RemoteUrl::has_password() const {
  const auto scheme = scheme_of(text_);
  const auto begin = scheme ? scheme->size() + std::string_view("://").size() : 0;
  const auto at = text_.rfind('@');
  if (is_local() || at == std::string::npos || at < begin) {
    return false;
  }
  const std::string login = text_.substr(begin, at - begin);
  return login.find(':') != std::string::npos || redact(login) != login;
}

std::string RemoteUrl::named() const {
  const bool plain = std::ranges::all_of(text_, [](char c) {
    return is_alphanumeric(c) || std::string_view("./:=+-_~").find(c) != std::string_view::npos;
  });
  const bool more_than_name = text_.find_first_of("/:=") != std::string::npos;
  return plain && more_than_name && sanitize_line(shown()) == text_ ? "'" + text_ + "'"
                                                                    : engine::named(text_);
}

bool RemoteUrl::is_ssh() const {
  if (const auto scheme = scheme_of(text_)) {
    return *scheme == "ssh" || *scheme == "git+ssh" || *scheme == "ssh+git";
  }
  const auto colon = text_.find(':');
  return colon != std::string::npos && colon < text_.find('/');
}

bool RemoteUrl::is_local() const {
  const auto scheme = scheme_of(text_);
  return scheme ? *scheme == "file" : !is_ssh();
}

std::optional<std::string> RemoteUrl::local_path() const {
  if (!is_local()) {
    return std::nullopt;
  }
  const auto scheme = text_.find("://");
  return scheme == std::string::npos ? text_ : text_.substr(scheme + 3);
}

std::string RemoteUrl::host() const {
  // A password with a "/" would be taken for the host.
  return read(shown()).host;
}

std::string RemoteUrl::path() const {
  return read(shown()).path;
}

bool is_same_repository(const RemoteUrl& one, const RemoteUrl& other) {
  const RemoteUrl::Parts& a = one.parts_;
  const RemoteUrl::Parts& b = other.parts_;
  const bool one_server =
      a.host == b.host &&
      (a.scheme == b.scheme ? a.port == b.port : a.scheme != "file" && b.scheme != "file");
  return one_server && a.path == b.path;
}

}  // namespace engine
