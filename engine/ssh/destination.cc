#include "engine/ssh/destination.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

bool is_plain(std::string_view text, std::string_view others) {
  return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [&](char c) {
    return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}

bool is_host(std::string_view text) {
  const auto at = text.find('@');
  return at == std::string_view::npos
             ? is_plain(text, "._-")
             : is_plain(text.substr(0, at), "._+-") && is_plain(text.substr(at + 1), "._-");
}

bool is_port(std::string_view text) {
  constexpr std::size_t kMaxDigits = 5;
  return !text.empty() && text.size() <= kMaxDigits &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<SshDestination> of_url(std::string_view authority) {
  const auto colon = authority.find(':');
  const std::string_view host = authority.substr(0, colon);
  const std::string_view port =
      colon == std::string_view::npos ? std::string_view() : authority.substr(colon + 1);
  if (!is_host(host) || (colon != std::string_view::npos && !is_port(port))) {
    return std::nullopt;
  }
  return SshDestination{std::string(host), std::string(port)};
}

}  // namespace

std::optional<SshDestination> ssh_destination(std::string_view address) {
  constexpr std::array<std::string_view, 3> kSchemes = {"ssh://", "git+ssh://", "ssh+git://"};
  for (const std::string_view scheme : kSchemes) {
    if (address.starts_with(scheme)) {
      address.remove_prefix(scheme.size());
      return of_url(address.substr(0, address.find('/')));
    }
  }
  const auto colon = address.find(':');
  const std::string_view host = address.substr(0, colon);
  // With a slash before the colon, or two after it, it is a path or a URL of another kind.
  if (colon == std::string_view::npos || !is_host(host) ||
      address.substr(colon + 1).starts_with("//")) {
    return std::nullopt;
  }
  return SshDestination{std::string(host), {}};
}

}  // namespace engine
