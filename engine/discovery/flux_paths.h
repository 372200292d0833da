// The paths of Flux Kustomizations as the kustomizations that build them patch them: a common
// definition can apply another directory in each cluster. Refers to the tree and the graph, which
// must outlive it; immutable, for any thread.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/image_pattern.h"
#include "engine/manifest/tree.h"

namespace engine {

class FluxPaths {
 public:
  // Each path with the directories of the outermost kustomizations that give it; none for one that
  // nothing builds, or where no path is patched anywhere.
  using Paths = std::map<std::string, std::set<std::string>>;

  // Once `stop` was requested the rest is left out.
  FluxPaths(const ManifestTree& tree, const KustomizeGraph& graph, const std::stop_token& stop);

  // Those of one Flux Kustomization of the file; its own where nothing patches it, and where there
  // was too much to look at.
  Paths of(const ManifestFile& file, const FluxKustomization& flux);

 private:
  // The patches of one kustomization.
  struct Rules {
    std::map<std::string, std::string, std::less<>> by_name;
    std::vector<std::pair<ImagePattern, std::string>> by_expression;
    std::string for_all;
    void add(const std::optional<PatchTarget>& target, const std::string& name,
             const std::string& path);
  };
  // How a manifest is built: the outermost kustomization, and those with patches, outermost first.
  using Way = std::pair<std::string, std::vector<std::string>>;
  struct Visit {
    std::string directory;
    Way way;
  };

  void read_rules(const ManifestTree& tree, const std::string& directory,
                  const KustomizationFile& kustomization);
  void follow(const KustomizeGraph& graph, const std::stop_token& stop);
  void visit(const KustomizeGraph& graph, Visit at, std::vector<Visit>& next);
  std::string patched(const Way& way, const FluxKustomization& flux);

  std::map<std::string, Rules> rules_;  // by directory
  std::map<std::string, std::set<Way>> seen_;
  std::map<const ManifestFile*, std::set<Way>> ways_;
  std::size_t visits_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace engine
