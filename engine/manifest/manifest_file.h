// An entry of a commit's tree: a manifest with what is to be known of it, a symbolic link or a
// submodule.
#pragma once

#include <cstdint>
#include <string>

#include "engine/manifest/summary.h"

namespace engine {

enum class TreeEntryKind : std::uint8_t { file, symbolic_link, submodule };

struct ManifestFile {
  std::string path;
  TreeEntryKind kind = TreeEntryKind::file;
  ManifestSummary summary;
};

}  // namespace engine
