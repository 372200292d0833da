// Which image groups of one environment are applied from elsewhere as well, so that a rollout
// changes more than that environment. Refers to the tree, the graph and the wiring, which must
// outlive it; belongs to one thread.
#pragma once

#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/discovery/flux_objects.h"
#include "engine/discovery/flux_scope.h"
#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/image_group.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/release_tags.h"
#include "engine/manifest/tree.h"

namespace engine {

class SharedGroups {
 public:
  SharedGroups(const ManifestTree& tree, KustomizeGraph& graph, const FluxWiring& wiring,
               const FluxScope& scope);

  // Builds the kustomizations among `roots` that are not of the scope. Once `stop` was requested
  // the rest is left out.
  void build(const std::set<std::string>& roots, const std::stop_token& stop);
  // What else applies each of the groups; those that nothing else applies are not in it. Once
  // `stop` was requested it is not complete.
  std::map<GroupPlace, Agreement> users_of(const std::map<GroupPlace, FoundGroup>& groups,
                                           const std::stop_token& stop);

 private:
  // The same of the tag of a release and the file of a place.
  Agreement users_of(const ManifestFile& file, const HelmTag& tag) const;
  Agreement users_of(const std::string& file);

  const ManifestTree& tree_;
  KustomizeGraph& graph_;
  const FluxScope& scope_;
  FluxObjects flux_;  // what the scope does not have
  ReleaseTags tags_;
  std::map<GroupPlace, Agreement> images_;  // those that decide what workloads run
  std::map<std::pair<const ManifestFile*, std::string_view>, Agreement> releases_;
  std::map<std::string, std::set<std::string>> built_;  // by directory that is applied
};

}  // namespace engine
