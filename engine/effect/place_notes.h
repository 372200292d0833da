// What the place of a tag says about a change of it, by itself. A pure function, for any
// thread.
#pragma once

#include <string>
#include <vector>

#include "engine/manifest/edit.h"

namespace engine {

// What will undo the change, or is undone by it: a marker of Flux's image automation, a variable
// that Flux fills in. Each with file and line.
std::vector<std::string> place_notes(const std::string& file, const ManifestEdit& edit);

}  // namespace engine
