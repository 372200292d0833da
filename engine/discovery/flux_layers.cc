#include "engine/discovery/flux_layers.h"

#include <cstddef>

namespace engine {

const KustomizationFile* additions_of(const FluxApplication& application) {
  const ManifestFacts& facts = application.file->facts;
  const auto index = static_cast<std::size_t>(application.flux - facts.flux.kustomizations.data());
  const auto additions = facts.flux_additions.find(index);
  return additions == facts.flux_additions.end() ? nullptr : &additions->second;
}

FluxLayers::FluxLayers(const ManifestTree& tree, const FluxWiring& wiring, KustomizeGraph& graph)
    : tree_(tree), graph_(graph) {
  for (const FluxApplication& application : wiring.applications()) {
    if (const KustomizationFile* const additions = additions_of(application)) {
      const std::string name = application.file->path + " (" + application.flux->name + ")";
      const std::string key =
          graph.add_layer(name, application.directory, *application.file, *additions);
      layers_.emplace(&application, key);
      applications_.emplace(key, &application);
      if (tree.kustomization_in(application.directory) == nullptr) {
        by_directory_.emplace(application.directory, key);
      }
    }
  }
  if (!layers_.empty()) {
    graph.settle_layers();
  }
}

const std::string* FluxLayers::layer_of(const FluxApplication& application) const {
  const auto found = layers_.find(&application);
  return found == layers_.end() ? nullptr : &found->second;
}

const FluxApplication* FluxLayers::application_of(const std::string& layer) const {
  const auto found = applications_.find(layer);
  return found == applications_.end() ? nullptr : found->second;
}

void FluxLayers::add_roots(const FluxApplication& application, std::set<std::string>& roots) const {
  if (const std::string* const layer = layer_of(application)) {
    roots.insert(*layer);
  } else if (tree_.kustomization_in(application.directory) != nullptr) {
    roots.insert(application.directory);
  } else if (const auto other = by_directory_.find(application.directory);
             other != by_directory_.end()) {
    const auto& below = graph_.nodes().at(other->second).kustomizations;
    roots.insert(below.begin(), below.end());
  }
}

}  // namespace engine
