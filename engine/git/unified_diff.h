// The difference of two texts, as git shows it. A pure function, for any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

// The unified diff from `before` to `after` of one file, with three lines of context; the file's
// bytes are in it as they are. Empty if they do not differ. `internal`.
Result<std::string> unified_diff(const std::string& path, std::string_view before,
                                 std::string_view after);

}  // namespace engine
