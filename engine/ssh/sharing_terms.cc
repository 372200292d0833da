#include "engine/ssh/sharing_terms.h"

#include <algorithm>

namespace engine {
namespace {

constexpr std::string_view kControlMaster = "autoask";
constexpr std::string_view kServerAliveInterval = "86399";
constexpr std::string_view kConnection = "%C";

// A connection is kept for so long after its last use.
constexpr std::string_view kKeptSeconds = "300";
// A connection whose other end is gone, or another network's, is given up after two of these.
constexpr std::string_view kKeepAliveSeconds = "10";

bool is_connection(std::string_view text) {
  constexpr std::size_t kDigits = 40;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

// Both files may end within a block for certain hosts.
std::string sharing_question(const std::filesystem::path& directory) {
  std::string text = "Include ~/.ssh/config\nMatch all\nInclude /etc/ssh/ssh_config\nMatch all\n";
  text.append("ControlMaster ").append(kControlMaster).append("\n");
  text.append("ControlPath ").append((directory / kConnection).string()).append("\n");
  text.append("ServerAliveInterval ").append(kServerAliveInterval).append("\n");
  return text;
}

std::optional<SharingTerms> read_sharing_terms(std::string_view answer,
                                               const std::filesystem::path& directory) {
  SharingTerms terms;
  bool has_own_master = true;
  bool has_forwarding = false;
  const std::string ours = (directory / "").string();
  while (!answer.empty()) {
    const auto end = std::min(answer.find('\n'), answer.size());
    const std::string_view line = answer.substr(0, end);
    answer.remove_prefix(std::min(end + 1, answer.size()));
    const auto space = std::min(line.find(' '), line.size());
    const std::string_view key = line.substr(0, space);
    const std::string_view value = line.substr(std::min(space + 1, line.size()));
    if (key == "controlmaster") {
      has_own_master = value != kControlMaster;
    } else if (key == "controlpath" && value.starts_with(ours)) {
      terms.connection = value.substr(ours.size());
    } else if (key == "serveraliveinterval") {
      terms.has_keepalive = value != kServerAliveInterval;
    } else if (key == "localforward" || key == "remoteforward" || key == "dynamicforward") {
      has_forwarding = true;
    }
  }
  const bool shared = !has_own_master && !has_forwarding && is_connection(terms.connection);
  return shared ? std::optional(std::move(terms)) : std::nullopt;
}

std::string sharing_options(const std::filesystem::path& directory, const std::string& prefix,
                            const SharingTerms& terms) {
  std::string options = " -o ControlMaster=auto -o ControlPath=";
  options.append((directory / prefix).string()).append(kConnection);
  options.append(" -o ControlPersist=").append(kKeptSeconds);
  if (!terms.has_keepalive) {
    options.append(" -o ServerAliveInterval=").append(kKeepAliveSeconds);
    options.append(" -o ServerAliveCountMax=2");
  }
  return options;
}

}  // namespace engine
