// Whether connections to a destination may be shared, which the user's own ssh configuration says:
// what ssh is asked, and how its answer is read. Pure functions, for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

// How connections to one destination are shared.
struct SharingTerms {
  // What ssh itself makes of the connection's real host, port and user (`%C`).
  std::string connection;
  // Whether the user says how a dead connection is noticed.
  bool has_keepalive = false;

  friend bool operator==(const SharingTerms&, const SharingTerms&) = default;
};

// A configuration for `ssh -G`: the user's, then the system's, then values of ours for what the
// user may have set. ssh takes the first value that it finds, so ours shows that there is none.
std::string sharing_question(const std::filesystem::path& directory);

// The answer to that; nothing where connections are not to be shared: the user has set
// ControlMaster or ControlPath, or a forwarding, whose port would be taken for as long as a
// connection is kept.
std::optional<SharingTerms> read_sharing_terms(std::string_view answer,
                                               const std::filesystem::path& directory);

// What is appended to a command line of ssh so that it shares its connection by the socket
// `<directory>/<prefix>` and the connection's own name, which ssh adds: where git connects to
// another host than it is thought to, it does not meet a connection to that. Neither argument has a
// character that means something to a shell or to ssh.
std::string sharing_options(const std::filesystem::path& directory, const std::string& prefix,
                            const SharingTerms& terms);

}  // namespace engine
