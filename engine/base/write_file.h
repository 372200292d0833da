// Writes small local files so that a reader sees the old bytes or the new ones, whenever
// this process or the machine stops. One writer of a file at a time.
#pragma once

#include <filesystem>
#include <string_view>

#include <sys/types.h>

#include "engine/base/result.h"

namespace engine {

// Refuses (`bad_config`) a path at which there is something else than a regular file; a symbolic
// link, too.
Result<void> refuse_special_file(const std::filesystem::path& file);

// Makes the file have these bytes: a new file, `.<name>.new` beside it, takes its place, with its
// mode. Where there is none yet its mode is 0644 less `creation_mask`, and that of directories that
// are missing, which are made, 0777 less it; see engine::Host. `bad_config` as above, `disk_full`,
// `internal`.
Result<void> write_file(const std::filesystem::path& file, std::string_view bytes,
                        mode_t creation_mask);

}  // namespace engine
