// An image group of a Flux repository as found: the place of its tag, where it is applied, and the
// workloads that run its image.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/wiring/recorded_wiring.h"

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
  static constexpr std::size_t kMaxKept = 11;

  void add(const std::optional<std::string>& value) {
    if (value) {
      values_.insert(*value);
      if (values_.size() > kMaxKept) {
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

struct FoundService {
  std::string workload;  // its name as applied; else the name that it would like
  bool deployed = true;  // false: stands for a group in which no workload is at home
  Site site;
  std::vector<std::string> longer = {};  // names for where others have that one
  std::string name = {};
  Agreement project = {};  // see engine/discovery/image_project.h
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
  std::set<std::pair<const FoundGroup*, std::string>> secondary_workloads;
  std::string name = {};
  RecordedWiring wiring = {};
};

}  // namespace engine
