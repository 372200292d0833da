// What Flux applies of a directory that has no kustomization: it makes one of all manifests, and of
// the outermost kustomization of each directory below. Pure functions, for any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/manifest/tree.h"

namespace engine {

struct AppliedFiles {
  std::vector<const ManifestFile*> manifests;  // ordered by path
  std::vector<std::string> kustomizations;     // directories, in order
};

AppliedFiles applied_files(const ManifestTree& tree, const std::string& directory);

}  // namespace engine
