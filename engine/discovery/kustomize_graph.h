// What kustomize builds of each kustomization, as far as images are concerned: which workloads it
// reaches through resources, bases and components, what they are called there, in which namespace,
// and by which entry of which `images` each of their images gets its tag. Nothing is guessed: what
// cannot be followed is listed. Of patches only files that set a tag of a HelmRelease are looked
// at; generators and helm charts are not.
//
// Bases can multiply each other without end; so what is built has limits for the whole tree.
//
// Refers to the tree, which must outlive it. Not thread-safe: results are kept as they are asked
// for.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/manifest/tree.h"

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

// The tag of a HelmRelease, in the manifest that a patch is.
struct PatchedTag {
  const HelmTag* tag = nullptr;
  const ManifestFile* file = nullptr;
};

struct ReachedWorkload {
  const Workload* workload = nullptr;
  const ManifestFile* file = nullptr;
  std::string name;  // with the prefixes and suffixes of the kustomizations
  std::optional<std::string> namespace_name;
  std::vector<ReachedImage> images;
  std::vector<PatchedTag> patched;  // of a HelmRelease; in order, so that the last of a path wins
};

// What all builds of a tree may take together.
struct BuildLimits {
  std::size_t steps = 5'000'000;                // kustomizations, workloads and images handled
  std::size_t bytes = std::size_t{256} << 20U;  // of what is built
};

// More kustomizations than build on each other in any repository of people.
inline constexpr std::size_t kMaxBuildDepth = 100;

class KustomizeGraph {
 public:
  // Once `stop` was requested, builds are empty.
  explicit KustomizeGraph(const ManifestTree& tree, std::stop_token stop = {},
                          const BuildLimits& limits = {});

  // A kustomization and what it refers to.
  struct Node {
    const ManifestFile* file = nullptr;
    std::vector<const ManifestFile*> manifests;
    std::vector<const ManifestFile*> patches;
    std::vector<std::string> kustomizations;  // directories
    std::vector<std::string> components;

   private:
    friend class KustomizeGraph;
    // The entries of `images` by their name, in order; made when they are first used.
    std::optional<std::unordered_map<std::string_view, std::vector<std::size_t>>> entries_;
    std::multimap<std::string_view, PatchedTag> patched_tags_;  // by release
  };
  // By directory.
  const std::map<std::string, Node>& nodes() const { return nodes_; }

  // The directories whose kustomization no other one refers to, in order; and one of each circle.
  const std::vector<std::string>& roots() const { return roots_; }
  // What the kustomization of a directory builds.
  const std::vector<ReachedWorkload>& build(const std::string& directory);
  // The directories of the kustomizations that these build on, themselves included.
  std::set<std::string> bases_of(const std::vector<std::string>& directories) const;
  // The directories of the kustomizations that build on one of these, themselves included.
  std::set<std::string> users_of(const std::set<std::string>& directories);
  // Adds the directory and what its kustomization builds on, unless they are there already; with
  // `added` also there.
  void cover(const std::string& directory, std::set<std::string>& seen,
             std::set<std::string>* added = nullptr) const;
  // The entries whose tag an outer or later one has replaced, in what was built so far.
  const std::set<const ImageEntry*>& replaced() const { return replaced_; }
  // Whether all that build on the kustomization of `directory` set the tag of its entry again, or
  // are themselves built on only by such. False where nothing builds on it, and where it is one of
  // `applied`: directories that are applied as they are. With `within` no others count as users.
  bool is_always_set_again(const std::string& directory, const ImageEntry& entry,
                           const std::set<std::string>& applied,
                           const std::set<std::string>* within = nullptr);
  // Whether a limit was reached, so that not everything was built.
  bool exhausted() const { return exhausted_; }
  // What could not be followed, by the directory of the kustomization that names it.
  const std::multimap<std::string, Unplaced>& obstacles() const { return obstacles_; }

 private:
  void read_references(const std::string& directory, const ManifestFile& file);
  void add_reference(const std::string& directory, Node& node, const std::string& reference,
                     bool component);
  void find_roots();
  void index_users();
  bool may_go_on(std::size_t bytes = 0);
  bool enter(const std::string& directory, const Node& node);
  void add_all(const std::vector<ReachedWorkload>& base, std::vector<ReachedWorkload>& workloads);
  void accumulate(const std::string& directory, std::vector<ReachedWorkload>& workloads);
  void transform(const std::string& directory, Node& node, std::vector<ReachedWorkload>& workloads);
  void transform_image(Node& node, ReachedImage& image);
  const ImageEntry* next_entry(Node& node, const std::string& name, std::size_t& from);
  bool passes(Node& node, std::string& name, std::size_t from);
  bool sets_tag_of(const std::string& user, const std::string& base, std::string& name);
  struct SetAgain;
  bool is_set_again_above(const std::string& directory, const std::string& name, std::size_t depth,
                          SetAgain& search);

  const ManifestTree& tree_;
  std::stop_token stop_;
  BuildLimits limits_;
  std::size_t steps_ = 0;
  std::size_t bytes_ = 0;
  bool exhausted_ = false;
  std::map<std::string, Node> nodes_;
  std::optional<std::multimap<std::string_view, std::string_view>> users_;  // of a directory
  std::set<const ImageEntry*> replaced_;
  std::vector<std::string> roots_;
  std::multimap<std::string, Unplaced> obstacles_;
  std::map<std::string, std::vector<ReachedWorkload>> built_;
  std::set<std::string> open_;
};

// The name of an image without tag and digest.
std::string_view image_name(std::string_view image);

}  // namespace engine
