#include "engine/checkout/remotes.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace engine {
namespace {

// What git calls the repository itself, as a remote.
constexpr std::string_view kItself = ".";

std::vector<std::string> urls_of(const std::vector<ConfigurationEntry>& configuration) {
  std::vector<std::string> urls;
  for (const ConfigurationEntry& entry : configuration) {
    if (entry.section == "remote" && entry.name == "url" && !entry.value.empty()) {
      urls.push_back(entry.value);
    }
  }
  return urls;
}

ConfiguredRemote& remote_named(std::vector<ConfiguredRemote>& remotes, const std::string& name) {
  const auto known = std::ranges::find(remotes, name, &ConfiguredRemote::name);
  if (known != remotes.end()) {
    return *known;
  }
  remotes.push_back({.name = name, .url = {}, .push_url = {}, .fetch = {}});
  return remotes.back();
}

void set_once(std::string& value, const std::string& to) {
  if (value.empty()) {
    value = to;
  }
}

void read_remote(const ConfigurationEntry& entry, BranchRemotes& remotes) {
  if (entry.subsection.empty()) {
    remotes.push_default = entry.name == "pushdefault" ? entry.value : remotes.push_default;
    return;
  }
  ConfiguredRemote& remote = remote_named(remotes.remotes, entry.subsection);
  if (entry.name == "url") {
    set_once(remote.url, entry.value);
  } else if (entry.name == "pushurl") {
    set_once(remote.push_url, entry.value);
  } else if (entry.name == "fetch") {
    remote.fetch.push_back(entry.value);
  }
}

void read_branch(const ConfigurationEntry& entry, BranchRemotes& remotes) {
  if (entry.name == "pushremote") {
    remotes.push_remote = entry.value;
  } else if (entry.name == "remote") {
    remotes.remote = entry.value;
  } else if (entry.name == "merge") {
    remotes.merge = entry.value;
  }
}

// The ref that a refspec puts `ref` into; "" for none.
std::string mapped(std::string_view refspec, std::string_view ref) {
  refspec.remove_prefix(refspec.starts_with('+') ? 1 : 0);
  const std::size_t colon = refspec.find(':');
  if (colon == std::string_view::npos) {
    return {};
  }
  const std::string_view from = refspec.substr(0, colon);
  const std::string_view to = refspec.substr(colon + 1);
  const std::size_t star = from.find('*');
  const std::size_t star_there = to.find('*');
  if (star == std::string_view::npos || star_there == std::string_view::npos) {
    return std::string(from == ref ? to : std::string_view());
  }
  const std::string_view before = from.substr(0, star);
  const std::string_view after = from.substr(star + 1);
  if (ref.size() < before.size() + after.size() || !ref.starts_with(before) ||
      !ref.ends_with(after)) {
    return {};
  }
  const std::string_view name =
      ref.substr(before.size(), ref.size() - before.size() - after.size());
  return std::string(to.substr(0, star_there)) + std::string(name) +
         std::string(to.substr(star_there + 1));
}

}  // namespace

std::vector<std::string> read_remote_urls(const ProjectRepository& repository) {
  return urls_of(read_configuration(repository));
}

std::vector<std::string> remote_urls(std::string_view configuration) {
  return urls_of(configuration_entries(configuration));
}

BranchRemotes branch_remotes(const std::vector<ConfigurationEntry>& configuration,
                             const std::optional<std::string>& branch) {
  BranchRemotes remotes;
  for (const ConfigurationEntry& entry : configuration) {
    if (entry.section == "remote") {
      read_remote(entry, remotes);
    } else if (entry.section == "branch" && branch && entry.subsection == *branch) {
      read_branch(entry, remotes);
    }
  }
  std::erase_if(remotes.remotes, [](const ConfiguredRemote& remote) {
    return remote.url.empty() && remote.push_url.empty();
  });
  return remotes;
}

std::optional<ConfiguredRemote> push_remote(const BranchRemotes& remotes,
                                            const std::string& users_push_default) {
  const auto named = [&](std::string_view name) {
    return std::ranges::find(remotes.remotes, name, &ConfiguredRemote::name);
  };
  for (const std::string& name : {remotes.push_remote, remotes.push_default, users_push_default,
                                  remotes.remote, std::string("origin")}) {
    if (name.empty() || name == kItself) {
      continue;
    }
    if (const auto remote = named(name); remote != remotes.remotes.end()) {
      return *remote;
    }
    if (name.find_first_of(":/") != std::string::npos) {
      return ConfiguredRemote{.name = name, .url = name, .push_url = {}, .fetch = {}};
    }
  }
  return remotes.remotes.size() == 1 ? std::optional(remotes.remotes.front()) : std::nullopt;
}

std::string upstream_ref(const BranchRemotes& remotes) {
  if (remotes.merge.empty()) {
    return {};
  }
  const auto remote = std::ranges::find(remotes.remotes, remotes.remote, &ConfiguredRemote::name);
  if (remote == remotes.remotes.end()) {
    return {};
  }
  for (const std::string& refspec : remote->fetch) {
    if (std::string ref = mapped(refspec, remotes.merge); !ref.empty()) {
      return ref;
    }
  }
  return {};
}

}  // namespace engine
