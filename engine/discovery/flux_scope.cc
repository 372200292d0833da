#include "engine/discovery/flux_scope.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/discovery/applied_files.h"

namespace engine {

FluxScope::FluxScope(const ManifestTree& tree, const KustomizeGraph& graph,
                     const FluxWiring& wiring, const FluxLayers& layers,
                     const std::string& directory, const std::stop_token& stop)
    : tree_(tree), graph_(graph), wiring_(wiring), layers_(layers) {
  follow(directory, stop);
  const bool covers_itself =
      std::ranges::any_of(applications_, [&](const FluxApplication* application) {
        return is_below(directory, application->directory);
      });
  for (const FluxApplication& application : wiring.applications()) {
    if (!covers_itself && is_below(directory, application.directory) &&
        !flux_files_.contains(application.file)) {
      applications_.push_back(&application);
    }
  }
  for (const FluxStranger& stranger : wiring.strangers()) {
    if (flux_files_.contains(stranger.file)) {
      passed_over_.push_back({stranger.file->path, stranger.flux->name,
                              "the Flux Kustomization is not followed: " + stranger.reason});
    }
  }
  find_roots();
}

// What stands for the directory: as Flux applies it, where it does.
std::vector<std::string> FluxScope::entries(const std::string& directory) const {
  std::set<std::string> nodes;
  for (const FluxApplication& application : wiring_.applications()) {
    if (application.directory == directory) {
      nodes.insert(node_of(application));
    }
  }
  return nodes.empty() ? std::vector<std::string>{directory}
                       : std::vector<std::string>(nodes.begin(), nodes.end());
}

std::string FluxScope::node_of(const FluxApplication& application) const {
  const std::string* const layer = layers_.layer_of(application);
  return layer == nullptr ? application.directory : *layer;
}

// Applies the directory, then what the Flux Kustomizations in it apply, and so on.
void FluxScope::follow(const std::string& directory, const std::stop_token& stop) {
  std::vector<std::string> next = entries(directory);
  std::set<std::string> seen;
  while (!next.empty() && !stop.stop_requested()) {
    const std::string at = std::move(next.back());
    next.pop_back();
    if (!seen.insert(at).second) {
      continue;
    }
    apply(at);
    for (const ManifestFile* file : std::exchange(new_files_, {})) {
      if (!file->summary.flux.empty()) {
        flux_files_.insert(file);
        follow_file(*file, next);
      }
    }
  }
}

// Of one Flux Kustomization that several build with paths of their own, those that are built here.
void FluxScope::follow_file(const ManifestFile& file, std::vector<std::string>& next) {
  std::set<const FluxKustomization*> built_here;
  const std::vector<std::size_t> indexes = wiring_.applications_in(file);
  for (const std::size_t index : indexes) {
    const FluxApplication& application = wiring_.applications()[index];
    if (is_built_here(application)) {
      built_here.insert(application.flux);
    }
  }
  for (const std::size_t index : indexes) {
    const FluxApplication& application = wiring_.applications()[index];
    if (!built_here.contains(application.flux) || is_built_here(application)) {
      applications_.push_back(&application);
      next.push_back(node_of(application));
    }
  }
}

bool FluxScope::is_built_here(const FluxApplication& application) const {
  return std::ranges::any_of(application.built_by, [&](const std::string& directory) {
    return kustomizations_.contains(directory);
  });
}

// A layer, or a directory: its kustomization, or what Flux makes one of.
void FluxScope::apply(const std::string& node) {
  if (graph_.nodes().contains(node)) {
    roots_.insert(node);
    apply_kustomization(node);
    return;
  }
  const AppliedFiles applied = applied_files(tree_, node);
  for (const std::string& directory : applied.kustomizations) {
    apply_kustomization(directory);
  }
  for (const ManifestFile* file : applied.manifests) {
    add_file(*file);
  }
}

void FluxScope::apply_kustomization(const std::string& node_name) {
  std::set<std::string> covered;
  graph_.cover(node_name, kustomizations_, &covered);
  for (const std::string& base : covered) {
    const KustomizeGraph::Node& node = graph_.nodes().at(base);
    add_file(*node.file);
    for (const auto* manifests : {&node.manifests, &node.patches}) {
      for (const ManifestFile* manifest : *manifests) {
        add_file(*manifest);
      }
    }
  }
}

void FluxScope::add_file(const ManifestFile& file) {
  if (files_.insert(&file).second) {
    new_files_.push_back(&file);
  }
}

void FluxScope::find_roots() {
  std::set<std::string> referred;
  for (const std::string& directory : kustomizations_) {
    const KustomizeGraph::Node& node = graph_.nodes().at(directory);
    referred.insert(node.kustomizations.begin(), node.kustomizations.end());
    referred.insert(node.components.begin(), node.components.end());
    if (node.layer_of) {
      referred.insert(*node.layer_of);
    }
  }
  std::ranges::set_difference(kustomizations_, referred, std::inserter(roots_, roots_.end()));
  // Also one of each circle.
  std::ranges::set_intersection(kustomizations_, graph_.roots(),
                                std::inserter(roots_, roots_.end()));
}

bool FluxScope::has(const ManifestFile& file) const {
  if (files_.contains(&file)) {
    return true;
  }
  // Values that a kustomization makes something of are no manifests, and not in its lists.
  if (!file.summary.workloads.empty() || file.summary.kustomization || !file.summary.flux.empty()) {
    return false;
  }
  for (std::string above = directory_of(file.path);; above = directory_of(above)) {
    if (tree_.kustomization_in(above) != nullptr) {
      return kustomizations_.contains(above);
    }
    if (above.empty()) {
      return false;
    }
  }
}

}  // namespace engine
