#include "engine/git/address.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

struct Address {
  std::string scheme;
  std::string host;
  std::string port;
  std::string path;  // without slashes at its ends, and without ".git"
};

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

// "ann:pw@Host:22" into host and port.
void read_authority(std::string_view authority, Address& address) {
  const auto at = authority.rfind('@');
  authority.remove_prefix(at == std::string_view::npos ? 0 : at + 1);
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  address.host = in_lower_case(authority.substr(0, colon));
  if (address.host.ends_with('.')) {
    address.host.pop_back();
  }
  if (colon != std::string_view::npos) {
    address.port = authority.substr(colon + 1);
  }
  if (address.port.empty()) {
    address.port = default_port(address.scheme);
  }
}

Address read_address(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = std::min(text.find_first_not_of(kSpace), text.size());
  text = text.substr(first, text.find_last_not_of(kSpace) + 1 - first);
  Address address;
  const auto scheme = text.find("://");
  if (scheme != std::string_view::npos) {
    address.scheme = in_lower_case(text.substr(0, scheme));
    if (address.scheme.starts_with("git+")) {
      address.scheme.erase(0, std::string_view("git+").size());
    } else if (address.scheme == "ssh+git") {
      address.scheme = "ssh";
    }
    text.remove_prefix(scheme + 3);
    const auto slash = std::min(text.find('/'), text.size());
    read_authority(text.substr(0, slash), address);
    address.path = plain_path(text.substr(slash));
    if (address.scheme == "file" && address.host == "localhost") {
      address.host.clear();
    }
    return address;
  }
  // ssh's short form, "git@host:path"; a colon after a slash belongs to a path.
  const auto bracket = text.starts_with('[') || text.find("@[") != std::string_view::npos
                           ? text.find(']')
                           : std::string_view::npos;
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos && text.find('/') > colon) {
    address.scheme = "ssh";
    read_authority(text.substr(0, colon), address);
    address.path = plain_path(text.substr(colon + 1));
    return address;
  }
  address.scheme = "file";
  address.path = plain_path(text);
  return address;
}

}  // namespace

std::string host_of(std::string_view address) {
  return read_address(address).host;
}

bool is_same_repository(std::string_view one, std::string_view other) {
  const Address a = read_address(one);
  const Address b = read_address(other);
  const bool one_server =
      a.host == b.host &&
      (a.scheme == b.scheme ? a.port == b.port : a.scheme != "file" && b.scheme != "file");
  return one_server && a.path == b.path;
}

}  // namespace engine
