// Which Flux Kustomization applies what: those of a tree, by the directory that they name. Refers
// to the tree, which must outlive it; immutable, for any thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/kustomize_graph.h"
#include "engine/manifest_tree.h"

namespace engine {

class FluxObjects {
 public:
  explicit FluxObjects(const ManifestTree& tree);

  // Those whose path covers the directory and is the longest that does; none that are more than a
  // few name one directory.
  const std::vector<const FluxKustomization*>& covering(std::string directory) const;
  // The directories that are named, in order.
  std::vector<std::string> directories() const;
  // Those that set images themselves, and directories that too many name.
  const std::vector<Unplaced>& unplaced() const { return unplaced_; }

 private:
  std::map<std::string, std::vector<const FluxKustomization*>, std::less<>> by_directory_;
  std::vector<Unplaced> unplaced_;
};

}  // namespace engine
