// The image groups of a Flux repository and the workloads that run them, as found: the first half
// of making a catalog, before anything has a name. Pure functions on a tree that was read, for any
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/discovery/flux_wiring.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

// What makes an image group itself, whatever it is called.
struct GroupPlace {
  std::string type = "kustomize-images";
  std::string file;
  std::string image_name;
  std::string path;  // of helm-values and image-reference
  friend bool operator==(const GroupPlace&, const GroupPlace&) = default;
  friend bool operator<(const GroupPlace& a, const GroupPlace& b) {
    return std::tie(a.type, a.file, a.image_name, a.path) <
           std::tie(b.type, b.file, b.image_name, b.path);
  }
};

// Where the same thing was found several times, what all agree on.
class Agreement {
 public:
  // How many values are kept: the first in order, one more than are told.
  static constexpr std::size_t kMostKept = 11;

  void add(const std::optional<std::string>& value) {
    if (value) {
      values_.insert(*value);
      if (values_.size() > kMostKept) {
        values_.erase(std::prev(values_.end()));
      }
    }
  }
  std::optional<std::string> value() const {
    return values_.size() == 1 ? std::optional(*values_.begin()) : std::nullopt;
  }
  bool is_split() const { return values_.size() > 1; }
  const std::set<std::string>& values() const { return values_; }

 private:
  std::set<std::string> values_;
};

// Where something is applied.
struct Site {
  Agreement kustomization;
  Agreement kustomization_namespace;
  Agreement namespace_name;
};

// What is looked at.
struct LookAt {
  // The directory that groups are taken from; by default `apps` if there are any, else all of the
  // tree. What applies them is looked for everywhere.
  std::optional<std::string> below;
  // Without `below`: all that is applied from that directory, see engine/discovery/flux_scope.h.
  std::optional<std::string> flux_path;
  FluxOrigin origin;
};

struct FoundService {
  std::string workload;  // its name as applied; else the name that it would like
  bool deployed = true;  // false: stands for a group in which no workload is at home
  Site site;
  std::vector<std::string> longer = {};  // names for where others have that one
  std::string name = {};
};

struct FoundGroup {
  GroupPlace place;
  std::string base;  // the name that it would like
  // Names for where others would like that one, and what a service is called that stands for the
  // group where no workload is at home in it; empty for `base`.
  std::vector<std::string> longer = {};
  std::string stand_in = {};
  Site site;
  std::map<std::string, FoundService> services;  // those at home here, by workload
  // Workloads with this as a second image, and the groups in which they are at home.
  std::set<std::pair<const FoundGroup*, std::string>> guests;
  std::string name = {};
};

struct FoundCatalog {
  std::string looked_below;  // a directory; "" for all of the repository
  std::map<GroupPlace, FoundGroup> groups;
  std::vector<Unplaced> unplaced;  // what could not be read, followed or edited
  // Places that are there and are not offered, with the reason: of another's image, outside of what
  // is looked at, or where a tag would change nothing.
  std::map<GroupPlace, std::string> left_out;
  // Of groups that are applied from elsewhere as well: the kustomizations that do.
  std::map<GroupPlace, Agreement> shared;
  // The directories to choose from where several clusters are looked at together.
  std::vector<std::string> clusters;
};

// Why a rollout would refuse each of several places in a file; nothing where it would not.
using PlaceRefusals = std::function<std::vector<std::optional<std::string>>(
    const std::string& file, const std::vector<GroupPlace>& places)>;

// Which images may become groups.
struct ImageChoice {
  std::vector<std::string> prefixes;  // `imagePrefixes` of the rwenv
  // Asked about image references, which are not tried when they are read; empty: none is refused.
  PlaceRefusals refusals;
};

// `stop` as for draft_catalog().
FoundCatalog find_image_groups(const ManifestTree& tree, const LookAt& look,
                               const ImageChoice& choice, const std::stop_token& stop = {});

}  // namespace engine
