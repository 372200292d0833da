// The image groups of a Flux repository and the workloads that run them, as found: the first half
// of making a catalog, before anything has a name. Pure functions on a tree that was read, for any
// thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/image_choice.h"
#include "engine/discovery/image_group.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/left_out.h"
#include "engine/manifest/tree.h"

namespace engine {

// What is looked at.
struct LookAt {
  // The directory that groups are taken from; by default `apps` if there are any, else all of the
  // tree. What applies them is looked for everywhere.
  std::optional<std::string> below;
  // Without `below`: all that is applied from that directory, see engine/discovery/flux_scope.h.
  std::optional<std::string> flux_path;
  FluxOrigin origin;
};

struct FoundCatalog {
  std::string looked_below;  // a directory; "" for all of the repository
  std::map<GroupPlace, FoundGroup> groups;
  std::vector<SkippedItem> unplaced;  // what could not be read, followed or edited
  LeftOut left_out;
  // Of groups that are applied from elsewhere as well: the kustomizations that do.
  std::map<GroupPlace, Agreement> shared;
  // The directories to choose from where several clusters are looked at together.
  std::vector<std::string> clusters;
};

// Once `stop` was requested the result is not complete and may only be dropped.
FoundCatalog find_image_groups(const ManifestTree& tree, const LookAt& look,
                               const ImageChoice& choice, const std::stop_token& stop = {});

}  // namespace engine
