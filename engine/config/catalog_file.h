// The file in which an rwenv's own catalog is written (specification, section 2). Looks at the file
// system, writes nothing; for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

// Refuses (`bad_config`) to write where the file, or one of its own two directories, is a symbolic
// link or something else than it should be.
Result<void> check_catalog_file(const std::filesystem::path& file);

// What the rwenv has for a catalog of its own, whatever its state: in the data directory or in the
// configuration directory; or else a plugin's that has services. Nothing if it has none.
std::optional<std::filesystem::path> catalog_of_rwenv(const Host& host,
                                                      const std::filesystem::path& config_directory,
                                                      std::string_view rwenv);

}  // namespace engine
