// Reads small local files. For any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/result.h"

namespace engine {

// The bytes of a regular file; nothing if there is none. A file that cannot be read, or is longer
// than `most` bytes, is `bad_config` with its path and the reason.
Result<std::optional<std::string>> read_file(const std::filesystem::path& file, std::size_t most);

}  // namespace engine
