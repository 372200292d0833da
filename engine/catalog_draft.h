// The catalog that a Flux repository's tree makes: image groups, the services of each, and what
// could not be placed. Deterministic: the same tree makes the same draft. For one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/kustomize_graph.h"
#include "engine/manifest_tree.h"

namespace engine {

// What makes an image group itself, whatever it is called.
struct GroupPlace {
  std::string type = "kustomize-images";
  std::string file;
  std::string image_name;
  std::string path;  // of helm-values
  friend bool operator==(const GroupPlace&, const GroupPlace&) = default;
  friend bool operator<(const GroupPlace& a, const GroupPlace& b) {
    return std::tie(a.type, a.file, a.image_name, a.path) <
           std::tie(b.type, b.file, b.image_name, b.path);
  }
};

struct DraftGroup {
  std::string name;
  GroupPlace place;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  // All that a rollout changes, in order: also workloads in which the image is a second one.
  std::vector<std::string> services;
};

struct DraftService {
  std::string name;
  std::string image_group;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  std::optional<std::string> deployment;
};

struct CatalogDraft {
  std::string looked_below;            // a directory; "" for all of the repository
  std::vector<DraftGroup> groups;      // ordered by name
  std::vector<DraftService> services;  // ordered by name
  std::vector<Unplaced> unplaced;
};

// Names that the catalog so far has for what will be found again.
struct KnownNames {
  std::map<GroupPlace, std::string> groups;
  std::map<std::pair<GroupPlace, std::string>, std::string> services;  // by place and workload
};

// `below`: the directory that groups are taken from; by default `apps` if there are any, else all
// of the tree. What applies them is looked for everywhere.
CatalogDraft draft_catalog(const ManifestTree& tree, const std::optional<std::string>& below,
                           const KnownNames& known);

}  // namespace engine
