// What one directory of a repository stands for: all that is applied from there. From a cluster's
// entry the Flux Kustomizations are followed, and those that they apply in turn; a directory
// without any is what it has itself, with what that builds on. Refers to the tree, which must
// outlive it; immutable, for any thread.
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/discovery/flux_layers.h"
#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

class FluxScope {
 public:
  // Once `stop` was requested the rest is left out.
  FluxScope(const ManifestTree& tree, const KustomizeGraph& graph, const FluxWiring& wiring,
            const FluxLayers& layers, const std::string& directory, const std::stop_token& stop);

  // Whether the file is applied from there.
  bool has(const ManifestFile& file) const;
  // The directories of the kustomizations that are built, bases included.
  const std::set<std::string>& kustomizations() const { return kustomizations_; }
  // Those of them that Flux applies as they are, and those that nothing among them builds on.
  const std::set<std::string>& roots() const { return roots_; }
  // The Flux Kustomizations that apply any of it.
  const std::vector<const FluxApplication*>& applications() const { return applications_; }
  // Flux Kustomizations that were not followed, with the reason.
  const std::vector<SkippedItem>& passed_over() const { return passed_over_; }

 private:
  std::vector<std::string> entries(const std::string& directory) const;
  void apply(const std::string& node);
  void apply_kustomization(const std::string& node);
  void add_file(const ManifestFile& file);
  void follow(const std::string& directory, const std::stop_token& stop);
  void follow_file(const ManifestFile& file, std::vector<std::string>& next);
  bool is_built_here(const FluxApplication& application) const;
  std::string node_of(const FluxApplication& application) const;
  void find_roots();

  const ManifestTree& tree_;
  const KustomizeGraph& graph_;
  const FluxWiring& wiring_;
  const FluxLayers& layers_;
  std::set<std::string> kustomizations_;
  std::set<std::string> roots_;
  std::set<const ManifestFile*> files_;
  std::vector<const ManifestFile*> new_files_;
  std::set<const ManifestFile*> flux_files_;
  std::vector<const FluxApplication*> applications_;
  std::vector<SkippedItem> passed_over_;
};

}  // namespace engine
