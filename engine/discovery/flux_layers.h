// The Flux Kustomizations that change what they apply by `images`, `patches` or `components` of
// their own: each is a layer around the directory that it applies. Adds the layers to the graph.
// Refers to the wiring, which must outlive it; immutable, for any thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

// What a Flux Kustomization adds itself; null for nothing.
const KustomizationFile* additions_of(const FluxApplication& application);

class FluxLayers {
 public:
  FluxLayers(const ManifestTree& tree, const FluxWiring& wiring, KustomizeGraph& graph);

  // The application's layer, as a node of the graph; null if it has none.
  const std::string* layer_of(const FluxApplication& application) const;
  // The application whose layer that is; null if it is none.
  const FluxApplication* application_of(const std::string& layer) const;
  // Adds the node that the application builds: its layer, else the kustomization of its directory.
  void add_root(const FluxApplication& application, std::set<std::string>& roots) const;

 private:
  const ManifestTree& tree_;
  std::map<const FluxApplication*, std::string> layers_;
  std::map<std::string, const FluxApplication*> applications_;
};

}  // namespace engine
