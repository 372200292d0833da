#include "engine/discovery/flux_layers.h"

#include <cstddef>

namespace engine {

const KustomizationFile* additions_of(const FluxApplication& application) {
  const ManifestSummary& summary = application.file->summary;
  const auto index =
      static_cast<std::size_t>(application.flux - summary.flux.kustomizations.data());
  const auto additions = summary.flux_additions.find(index);
  return additions == summary.flux_additions.end() ? nullptr : &additions->second;
}

FluxLayers::FluxLayers(const ManifestTree& tree, const FluxWiring& wiring, KustomizeGraph& graph)
    : tree_(tree) {
  static const KustomizationFile none;
  // Of a directory without a kustomization each application has a layer, or none has.
  std::set<std::string> layered;
  for (const FluxApplication& application : wiring.applications()) {
    if (additions_of(application) != nullptr &&
        tree.kustomization_in(application.directory) == nullptr) {
      layered.insert(application.directory);
    }
  }
  for (const FluxApplication& application : wiring.applications()) {
    const KustomizationFile* const additions = additions_of(application);
    if (additions == nullptr && !layered.contains(application.directory)) {
      continue;
    }
    const std::string key = graph.add_layer(
        application.file->path + " (" + application.flux->name + ")", application.directory,
        *application.file, additions == nullptr ? none : *additions);
    layers_.emplace(&application, key);
    applications_.emplace(key, &application);
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

void FluxLayers::add_root(const FluxApplication& application, std::set<std::string>& roots) const {
  if (const std::string* const layer = layer_of(application)) {
    roots.insert(*layer);
  } else if (tree_.kustomization_in(application.directory) != nullptr) {
    roots.insert(application.directory);
  }
}

}  // namespace engine
