// The plugins of other authors that Claude Code has installed: `<plugin>@<marketplace>`, each in
// `~/.claude/plugins/cache/<marketplace>/<plugin>/<version>`. Such a plugin may have left a
// catalog, and may answer to `/rollout` as well (specification, section 9). What is there is other
// people's: no symbolic link below the cache is followed, only regular files count, nothing is
// opened, and a few thousand names are all that is looked at. For any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"

namespace engine {

// Where a plugin has its catalog.
inline constexpr const char* kCatalogInPlugin = "skills/flux-infra-guide/data/services.json";

// One version of a plugin.
struct OtherPlugin {
  std::string marketplace;
  std::string name;
  std::string version;              // as its directory is called; need not be a number
  std::filesystem::path directory;  // relative to the cache
  bool has_catalog = false;         // a regular file at kCatalogInPlugin
  bool answers_to_rollout = false;  // it has a skill or a command of that name

  // As Claude Code writes it: "rwenv@acme".
  std::string full_name() const { return name + "@" + marketplace; }
};

struct OtherPlugins {
  std::filesystem::path cache;  // empty: there is no HOME
  // By full name, the newest version first: that with the highest number, or where the versions are
  // no numbers, the one whose directory was changed last.
  std::vector<OtherPlugin> versions;
  bool is_all = true;  // false: there is more than is looked at
};

// Without this program's own plugin, of whatever version. A cache that is not there, or cannot be
// read, has none.
OtherPlugins find_other_plugins(const Host& host);

// Of each plugin the newest version that has a catalog.
std::vector<OtherPlugin> plugins_with_catalog(const OtherPlugins& plugins);

// The full names of the plugins whose newest version answers to `/rollout`.
std::vector<std::string> plugins_answering_to_rollout(const OtherPlugins& plugins);

}  // namespace engine
