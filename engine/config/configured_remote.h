// The remote of an rwenv's Flux repository.
#pragma once

#include <filesystem>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/rwenv.h"
#include "engine/git/flux_remote.h"

namespace engine {

// What the rwenv's configuration, which is in `config_directory`, says of it: fails as
// flux_git_repo() does. Reads local files only; for any thread.
Result<FluxRemote> configured_remote(const Host& host,
                                     const std::filesystem::path& config_directory,
                                     const Rwenv& rwenv);

}  // namespace engine
