// Makes directories whose mode is what is asked for, whatever the umask. For any thread.
#pragma once

#include <filesystem>

#include <sys/types.h>

#include "engine/base/result.h"

namespace engine {

// Makes `directory` and all above it that are missing, each of that mode; what is there already
// stays as it is. `disk_full`, `internal`.
Result<void> make_directories(const std::filesystem::path& directory, mode_t mode);

}  // namespace engine
