// Which Flux Kustomization applies what: those of a wiring, by the directory that they name. Refers
// to the tree and the wiring, which must outlive it; immutable, for any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

class FluxObjects {
 public:
  explicit FluxObjects(const std::vector<const FluxApplication*>& applications);

  // Those whose path covers the directory and is the longest that does; none that are more than a
  // few name one directory.
  const std::vector<const FluxApplication*>& covering(std::string directory) const;
  // The directories that are named, in order.
  std::vector<std::string> directories() const;
  // Those that set images themselves, and directories that too many name.
  const std::vector<SkippedItem>& unplaced() const { return unplaced_; }

 private:
  std::map<std::string, std::vector<const FluxApplication*>, std::less<>> by_directory_;
  std::vector<SkippedItem> unplaced_;
};

}  // namespace engine
