// Whom git asks ssh to connect to for the address of a repository. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace engine {

// As git passes it to ssh, which then looks it up in the user's configuration.
struct SshDestination {
  std::string host;  // "git.example", or with the user: "git@git.example"
  std::string port;  // empty where the address names none

  friend bool operator==(const SshDestination&, const SshDestination&) = default;
  friend bool operator<(const SshDestination& one, const SshDestination& other) {
    return std::tie(one.host, one.port) < std::tie(other.host, other.port);
  }
};

// `address`: what git contacts, so after `insteadOf`; ssh:// or the short form, [user@]host:path.
// Nothing for another one, and for one that is spelled in an unusual way (an IPv6 address, escapes,
// a password): connections to that are not shared.
std::optional<SshDestination> ssh_destination(std::string_view address);

}  // namespace engine
