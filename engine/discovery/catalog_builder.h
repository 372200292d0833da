// The catalog that a Flux repository's tree makes: image groups, the services of each, and what
// could not be placed. Deterministic: the same tree makes the same draft. For one thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/discovery/image_usage_scanner.h"
#include "engine/manifest/tree.h"

namespace engine {

struct DraftGroup {
  std::string name;
  GroupPlace place;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  // All that a rollout changes, in order: also workloads in which the image is a second one.
  std::vector<std::string> services;
  // Of the Flux Kustomization, where it is known and not the usual flux-system.
  std::optional<std::string> kustomization_namespace = {};
  RecordedWiring wiring = {};
};

struct DraftService {
  std::string name;
  std::string image_group;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  std::optional<std::string> deployment;
  std::optional<std::string> kustomization_namespace = {};  // as of the group
  std::optional<std::string> project = {};                  // whose branches it is rolled out from
};

struct CatalogDraft {
  std::string looked_below;            // a directory; "" for all of the repository
  std::vector<DraftGroup> groups;      // ordered by name
  std::vector<DraftService> services;  // ordered by name
  std::vector<SkippedItem> unplaced;
  LeftOut left_out = {};
  // Groups that are applied from elsewhere as well, each with its file and what does.
  std::vector<std::string> shared = {};
  // The directories to choose from where several clusters were looked at together.
  std::vector<std::string> clusters = {};
  std::unordered_set<std::string> workloads = {};  // the names of all, as written and as applied
};

// Names that the catalog so far has for what will be found again.
struct KnownNames {
  std::set<GroupPlace> places = {};  // of all groups, also of those whose names do not stay
  std::map<GroupPlace, std::string> groups;
  // By place and workload; without a workload, what stands for the group.
  std::map<std::pair<GroupPlace, std::string>, std::string> services;
  // Those that a person wrote in: their names stay.
  std::set<std::string> groups_by_hand = {};
  std::set<std::string> services_by_hand = {};
};

// `found`: what find_image_groups() found in the tree.
CatalogDraft draft_catalog(FoundCatalog found, const ManifestTree& tree, const KnownNames& known);

}  // namespace engine
