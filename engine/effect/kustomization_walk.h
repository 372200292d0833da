// Whether a directory, as Flux applies it, still takes in a file: followed through the
// kustomizations of one commit. For one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/effect/head_files.h"

namespace engine {

// The kustomization file of a directory; nothing if it has none.
std::optional<std::string> kustomization_of(HeadFiles& head, const std::string& directory);

// Whether a kustomization names a path of the repository, a file or a directory, wherever in it.
bool names_path(HeadFiles& head, const std::string& kustomization, const std::string& path);

enum class Reach : std::uint8_t { yes, no, unknown };

// Whether what is applied from the directory takes in the file. `unknown` where that would take
// many reads, or leads over symbolic links or what cannot be read, or past kustomizations that set
// images: whether the file's image is one of them is not looked at.
Reach reaches(HeadFiles& head, const std::string& directory, const std::string& file);

}  // namespace engine
