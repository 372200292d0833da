// The directories that environment variables name. A relative one would be looked up wherever a
// program happens to run: in the project or in the clone, whose files are other people's. For any
// thread.
#pragma once

#include <filesystem>

#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

// Refuses (`bad_config`) an environment in which RWENV_CONFIG_DIR, HOME, one of the XDG Base
// Directory Specification, or one that git, gpg or gh take their configuration from, is set to
// something else than an absolute path: a `~` or `$HOME` that nobody has expanded as well.
Result<void> check_directories(const Environment& environment);

// $TMPDIR, or /tmp where that is not set or no absolute path.
std::filesystem::path temporary_directory(const Environment& environment);

}  // namespace engine
