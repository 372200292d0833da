// What kustomize builds of each kustomization, as far as images are concerned: which workloads it
// reaches through resources, bases and components, what they are called there, in which namespace,
// and by which entry of which `images` each of their images gets its tag. Nothing is guessed: what
// cannot be followed is listed. Patches, generators and helm charts are not looked at.
//
// Refers to the tree, which must outlive it. Not thread-safe: results are kept as they are asked
// for.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/manifest_tree.h"

namespace engine {

// Something that regenerating the catalog found and could not place.
struct Unplaced {
  std::string file;
  std::string what;  // the image, resource or service; may be empty
  std::string reason;
  friend bool operator<(const Unplaced& a, const Unplaced& b) {
    return std::tie(a.file, a.what, a.reason) < std::tie(b.file, b.what, b.reason);
  }
};

struct ReachedImage {
  std::string container;
  std::string name;  // without tag and digest, as the kustomizations so far have made it
  // The entry that decides its tag, and the kustomization that the entry is in; null if none does.
  const ImageEntry* entry = nullptr;
  const ManifestFile* file = nullptr;
};

struct ReachedWorkload {
  const Workload* workload = nullptr;
  const ManifestFile* file = nullptr;
  std::string name;  // with the prefixes and suffixes of the kustomizations
  std::optional<std::string> namespace_name;
  std::vector<ReachedImage> images;
};

class KustomizeGraph {
 public:
  explicit KustomizeGraph(const ManifestTree& tree);

  // The directories whose kustomization no other one refers to, in order; and one of each circle.
  const std::vector<std::string>& roots() const { return roots_; }
  // What the kustomization of a directory builds.
  const std::vector<ReachedWorkload>& build(const std::string& directory);
  // The directories of the kustomizations that one builds on, itself included.
  std::set<std::string> closure(const std::string& directory) const;
  // What could not be followed, by the directory of the kustomization that names it.
  const std::multimap<std::string, Unplaced>& obstacles() const { return obstacles_; }

 private:
  struct Node {
    const ManifestFile* file = nullptr;
    std::vector<const ManifestFile*> manifests;
    std::vector<std::string> kustomizations;  // directories
    std::vector<std::string> components;
  };
  void read_references(const std::string& directory, const ManifestFile& file);
  void add_reference(const std::string& directory, Node& node, const std::string& reference,
                     bool component);
  void find_roots();
  void accumulate(const std::string& directory, std::vector<ReachedWorkload>& workloads);

  const ManifestTree& tree_;
  std::map<std::string, Node> nodes_;
  std::vector<std::string> roots_;
  std::multimap<std::string, Unplaced> obstacles_;
  std::map<std::string, std::vector<ReachedWorkload>> built_;
  std::set<std::string> open_;
};

// The name of an image without tag and digest.
std::string_view image_name(std::string_view image);

}  // namespace engine
