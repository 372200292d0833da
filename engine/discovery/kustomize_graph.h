// What kustomize builds of each kustomization, as far as images are concerned: which workloads it
// reaches through resources, bases and components, what they are called there, in which namespace,
// and by which entry of which `images`, or by which patch, each of their images gets its tag.
// Nothing is guessed: what cannot be followed is listed. Generators, replacements and helm charts
// are not looked at.
//
// Bases can multiply each other without end; so what is built has limits for the whole tree.
//
// Refers to the tree, which must outlive it. Not thread-safe: results are kept as they are asked
// for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
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

#include "engine/discovery/patch_targets.h"
#include "engine/discovery/reached_workload.h"
#include "engine/manifest/image_pattern.h"
#include "engine/manifest/tree.h"

namespace engine {

// Something that regenerating the catalog found and could not place.
struct SkippedItem {
  std::string file;
  std::string what;  // the image, resource or service; may be empty
  std::string reason;
  friend bool operator<(const SkippedItem& a, const SkippedItem& b) {
    return std::tie(a.file, a.what, a.reason) < std::tie(b.file, b.what, b.reason);
  }
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

  // An entry of `images` and the manifest that it stands in.
  struct PlacedEntry {
    const ImageEntry* entry = nullptr;
    const ManifestFile* file = nullptr;
  };

  // A kustomization and what it refers to.
  struct Node {
    const ManifestFile* file = nullptr;
    const KustomizationFile* kustomization = nullptr;
    // Of a layer: the directory whose kustomization it changes.
    std::optional<std::string> layer_of = {};
    std::vector<const ManifestFile*> manifests;
    std::vector<const ManifestFile*> patches;
    std::vector<std::string> kustomizations;  // directories
    std::vector<std::string> components;

   private:
    friend class KustomizeGraph;
    PatchTargets targets_;
    std::vector<PlacedEntry> entries_;  // of `images`, in order
    // Of a layer: the entries of the kustomization in whose place it puts others, and how many
    // components are not its own.
    std::vector<const ImageEntry*> superseded_;
    std::size_t inner_components_ = 0;
    // The entries by their name, and those whose name is an expression; made when first used.
    std::optional<std::unordered_map<std::string_view, std::vector<std::size_t>>> by_name_;
    std::vector<std::pair<std::size_t, ImagePattern>> expressions_;
  };
  // By directory, or by the name of a layer.
  const std::map<std::string, Node>& nodes() const { return nodes_; }

  // Adds what Flux makes of a directory that it applies with additions, which stand in `file`: the
  // directory's kustomization with these, or one of all manifests below. Nothing else refers to it,
  // and it counts as referring to the directory. Returns what it is called from then on.
  std::string add_layer(std::string name, const std::string& directory, const ManifestFile& file,
                        const KustomizationFile& additions);
  // To be called after the last add_layer().
  void settle_layers();

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
  // The entries whose tag an outer or later one, or a patch, has replaced in what was built so far;
  // and those that gave an image a name and left it the tag of an inner one.
  const std::set<const ImageEntry*>& replaced() const { return replaced_; }
  const std::set<const ImageEntry*>& renaming() const { return renaming_; }
  // The images that patches have set in what was built so far, as the patches write them.
  const std::set<const ContainerImage*>& patched() const { return patched_; }
  // Whether the name of an entry is followed as a regular expression: it has the signs of one, or
  // in what was built so far it was asked for an image that only its dots can match.
  bool is_expression(const ImageEntry& entry) const;
  // Whether an entry of a directory's kustomization is for images of that name.
  bool has_entry_for(const std::string& directory, const std::string& image);
  // Whether all that build on the kustomization of `directory` set the tag of its entry again, or
  // are themselves built on only by such. False where nothing builds on it, and where it is one of
  // `applied`: directories that are applied as they are. With `within` no others count as users.
  bool is_always_set_again(const std::string& directory, const ImageEntry& entry,
                           const std::set<std::string>& applied,
                           const std::set<std::string>* within = nullptr);
  // Whether the kustomization of `directory` builds on one that gives the images of the entry's
  // name another one, and all that it builds on is known: then the entry finds no such image, if
  // none was built by it.
  bool is_renamed_below(const std::string& directory, const ImageEntry& entry);
  // Whether a limit was reached, so that not everything was built.
  bool exhausted() const { return exhausted_; }
  // What could not be followed, by the directory of the kustomization that names it.
  const std::multimap<std::string, SkippedItem>& obstacles() const { return obstacles_; }

 private:
  void read_references(const std::string& directory, const ManifestFile& file);
  void add_reference(const std::string& name, const std::string& directory, Node& node,
                     const std::string& reference, bool component);
  void add_patch(const std::string& directory, Node& node, const ImagePatch& patch);
  static void add_entries(Node& node, const ManifestFile& file, const KustomizationFile& additions);
  void find_roots();
  void index_users();
  bool may_go_on(std::size_t bytes = 0, std::size_t steps = 1);
  bool enter(const std::string& directory, const Node& node);
  void add_all(const std::vector<ReachedWorkload>& base, std::vector<ReachedWorkload>& workloads);
  void accumulate(const std::string& directory, std::vector<ReachedWorkload>& workloads);
  void transform(const std::string& directory, Node& node, std::vector<ReachedWorkload>& workloads);
  void transform_image(Node& node, ReachedImage& image);
  void pass_by(Node& node, ReachedImage& image);
  void decide(const PlacedEntry& placed, ReachedImage& image);
  void index_entries(Node& node);
  void index_image_names();
  bool needs_its_dots(const std::string& name);
  // Whether entries count whose name is a regular expression.
  enum class Expressions : std::uint8_t { followed, ignored };
  const PlacedEntry* next_entry(Node& node, const std::string& name, std::size_t& from,
                                Expressions expressions = Expressions::followed);
  // `expression`: the entry's; null: it is made.
  bool matches(const ImageEntry& entry, const ImagePattern* expression, const std::string& name);
  bool passes(Node& node, std::string& name, std::size_t from,
              Expressions expressions = Expressions::followed);
  void patch(const Node& node, ReachedWorkload& workload);
  void patch_release(const PatchTargets::Part& part, ReachedWorkload& release);
  void merge_containers(const PatchTargets::Part& part, ReachedWorkload& workload);
  void operate(const PatchTargets::Part& part, ReachedWorkload& workload);
  void set_image(ReachedImage& image, std::string_view text, const ContainerImage* written,
                 const ManifestFile* file);
  bool sets_tag_of(const std::string& user, const std::string& base, std::string& name);
  bool layer_sets_tag_of(Node& layer, const ImageEntry* entry, std::string& name);
  bool is_renamed_somewhere(const std::string& name);
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
  std::optional<std::set<std::string_view>> renamed_;  // names for which an entry has another
  std::set<const ImageEntry*> dotted_;                 // expressions by their dots alone
  // The names of all images in the tree, by their size; made when first used.
  std::optional<std::map<std::size_t, std::set<std::string, std::less<>>>> image_names_;
  std::set<const ImageEntry*> replaced_;
  std::set<const ImageEntry*> renaming_;
  std::set<const ContainerImage*> patched_;
  std::map<std::pair<const ImageEntry*, std::string>, bool> matches_;  // of expressions
  std::vector<std::string> roots_;
  std::multimap<std::string, SkippedItem> obstacles_;
  std::map<std::string, std::vector<ReachedWorkload>> built_;
  std::set<std::string> open_;
};

// The name of an image without tag and digest.
std::string_view image_name(std::string_view image);

}  // namespace engine
