// The places of images in which a tag has no effect: an entry or a tag that is set again wherever
// it is built. For one thread.
#pragma once

#include <map>
#include <set>
#include <stop_token>
#include <string>

#include "engine/discovery/image_group.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/release_tags.h"
#include "engine/manifest/tree.h"

namespace engine {

// What was built, and where that is known.
struct Built {
  KustomizeGraph& graph;
  const ReleaseTags& tags;
  const std::set<std::string>& applied;  // directories that are applied as they are
  const std::set<std::string>* within;   // the kustomizations that count; null for all
};

// Those of the groups' places, with the reason. A group in which a workload is at home, or a guest,
// has an effect. Once `stop` was requested the rest is left out.
std::map<GroupPlace, std::string> replaced_places(const ManifestTree& tree, const Built& built,
                                                  const std::map<GroupPlace, FoundGroup>& groups,
                                                  const std::stop_token& stop);

}  // namespace engine
