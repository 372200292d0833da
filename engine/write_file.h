// Writes small local files so that whoever reads them sees the old bytes or the new ones, whenever
// this process or the machine stops. One writer of a file at a time.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/result.h"

namespace engine {

// Refuses (`bad_config`) a path at which there is something else than a regular file; a symbolic
// link, too.
Result<void> refuse_special_file(const std::filesystem::path& file);

// Makes the file have these bytes: a new file, `.<name>.new` beside it, takes its place, with its
// mode (0644 less the umask where there is none yet). Directories that are missing are made.
// `bad_config` as above, `disk_full`, `internal`.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace engine
