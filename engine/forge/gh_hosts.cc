#include "engine/forge/gh_hosts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/read_file.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxHosts = std::size_t{1} << 20U;

// Where gh keeps it, but on Windows.
std::optional<fs::path> hosts_file(const Environment& environment) {
  if (const auto directory = environment.get("GH_CONFIG_DIR")) {
    return fs::path(*directory) / "hosts.yml";
  }
  if (const auto directory = environment.get("XDG_CONFIG_HOME")) {
    return fs::path(*directory) / "gh/hosts.yml";
  }
  if (const auto home = environment.get("HOME")) {
    return fs::path(*home) / ".config/gh/hosts.yml";
  }
  return std::nullopt;
}

bool is_github(std::string_view host) {
  constexpr std::array<std::string_view, 2> kDomains = {"github.com", "ghe.com"};
  return std::ranges::any_of(kDomains, [&](std::string_view domain) {
    return host == domain || (host.ends_with(domain) && host.size() > domain.size() &&
                              host[host.size() - domain.size() - 1] == '.');
  });
}

// "ghe.example" and "ghe.example:8443".
bool names(std::string_view text, std::string_view host) {
  const std::string name = in_lower_case(trimmed(text, " \t\r\"'"));
  return name == host || (name.starts_with(host) && name[host.size()] == ':');
}

}  // namespace

// The hosts are the keys of the file's mapping; what belongs to each is indented.
bool lists_host(std::string_view hosts, std::string_view host) {
  while (!hosts.empty()) {
    const std::string_view line = hosts.substr(0, hosts.find('\n'));
    hosts.remove_prefix(std::min(line.size() + 1, hosts.size()));
    const std::size_t colon = line.rfind(':');
    if (!line.empty() && !is_blank(line.front()) && colon != std::string_view::npos &&
        names(line.substr(0, colon), host)) {
      return true;
    }
  }
  return false;
}

bool gh_may_know(const Environment& environment, std::string_view host) {
  if (host.empty() || is_github(host)) {
    return !host.empty();
  }
  if (const auto named = environment.get("GH_HOST"); named && names(*named, host)) {
    return true;
  }
  const auto file = hosts_file(environment);
  if (!file) {
    return false;
  }
  const auto hosts = read_file(*file, kMaxHosts);
  return !hosts || (*hosts && lists_host(**hosts, host));
}

}  // namespace engine
