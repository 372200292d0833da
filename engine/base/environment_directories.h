// The directories that environment variables name. A relative one would be looked up wherever a
// program happens to run: in the project or in the clone, whose files are other people's. For any
// thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

// The configuration directory: as a user set it in the options of the plugin, and of the machine.
constexpr std::string_view kPluginConfigDirectory = "CLAUDE_PLUGIN_OPTION_CONFIG_DIR";
constexpr std::string_view kConfigDirectory = "RWENV_CONFIG_DIR";

// Refuses (`bad_config`) an environment in which one of these two, HOME, one of the XDG Base
// Directory Specification, or one that git, gpg or gh take their configuration from, is set to
// something else than an absolute path: a `~` or `$HOME` that nobody has expanded as well.
Result<void> check_directories(const Environment& environment);

// $TMPDIR, or /tmp where that is not set or no absolute path.
std::filesystem::path temporary_directory(const Environment& environment);

}  // namespace engine
