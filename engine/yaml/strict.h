// What yaml-cpp accepts and is no YAML, or is read otherwise by the parsers of the cluster's tools.
// A file like that is refused: what an edit would mean there is anybody's guess. Pure functions,
// for any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/yaml/source_map.h"

namespace engine {

struct YamlIncompatibility {
  std::size_t offset = 0;
  std::string what;
};

// The first fault found: a quote or a key that the end of the text completes, a value without a
// key, an anchor whose name has other than letters, digits, "-" and "_".
std::optional<YamlIncompatibility> find_fault(const YamlSourceMap& stream);

}  // namespace engine
