// Parses a manifest, and refuses what others may read otherwise. A pure function, for any thread.
#pragma once

#include <stop_token>
#include <string_view>

#include "engine/base/result.h"
#include "engine/yaml/source_map.h"

namespace engine {

// `bad_manifest` with `file` (a name for messages) and line where the bytes are not YAML in UTF-8,
// go over a limit (engine/yaml/nesting.h, kMaxYamlRepeats), or have a fault (engine/yaml/strict.h).
// `cancelled` soon after `stop` was requested. The result refers to `bytes`.
Result<YamlSourceMap> parse_yaml(std::string_view file, std::string_view bytes,
                                 const std::stop_token& stop = {});

}  // namespace engine
