// Which images of plain workloads decide what runs. Where an entry of `images` or a patch sets a
// container's image whenever it is built, what the workload says of it changes nothing, and so it
// is with a manifest that nothing applies.
//
// Refers to the tree and the graph, which must outlive it. For one thread.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "engine/discovery/flux_objects.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

class LiveReferences {
 public:
  // `roots`: the directories whose kustomizations are applied.
  LiveReferences(const ManifestTree& tree, KustomizeGraph& graph, const FluxObjects& flux,
                 const std::set<std::string>& roots);

  // Of a workload of the file; not of a HelmRelease.
  bool decides(const ManifestFile& file, const ContainerImage& container) const;
  // Of a JSON patch.
  bool decides(const PatchOperation& operation) const;
  // The entries of `images` whose name is a regular expression and that decide, with the names of
  // the images that they decide.
  using Expressions =
      std::map<std::pair<const ManifestFile*, const ImageEntry*>, std::set<std::string>>;
  const Expressions& expressions() const { return expressions_; }
  bool is_expression(const ImageEntry& entry) const { return graph_.is_expression(entry); }
  // The images that patches decide which have no place of their own, with the workloads' manifests.
  const std::set<std::pair<const ManifestFile*, std::string>>& placeless() const {
    return placeless_;
  }
  // Whether there was too much to look at: then nothing decides.
  bool exhausted() const { return steps_ > kMaxSteps || graph_.exhausted(); }

 private:
  // Containers: takes a second or so.
  static constexpr std::size_t kMaxSteps = 5'000'000;

  void read_patches();
  void see(const std::string& root);
  bool is_set_for(const std::string& directory, const std::string& image) const;
  bool is_applied(const std::string& directory) const;

  const ManifestTree& tree_;
  KustomizeGraph& graph_;
  std::set<std::string> flux_directories_;
  // The directories whose kustomizations name a file as a patch.
  std::map<const ManifestFile*, std::set<std::string>> patch_files_;
  std::size_t steps_ = 0;
  std::set<const ContainerImage*> reached_;
  std::set<const ContainerImage*> live_;
  Expressions expressions_;
  std::set<std::pair<const ManifestFile*, std::string>> placeless_;
};

}  // namespace engine
