#include "engine/discovery/image_usage_scanner.h"

#include <algorithm>
#include <iterator>

#include "engine/base/repository_path.h"
#include "engine/discovery/flux_clusters.h"
#include "engine/discovery/flux_layers.h"
#include "engine/discovery/flux_objects.h"
#include "engine/discovery/flux_scope.h"
#include "engine/discovery/group_wiring.h"
#include "engine/discovery/image_places.h"
#include "engine/discovery/live_references.h"
#include "engine/discovery/release_tags.h"
#include "engine/discovery/replaced_places.h"
#include "engine/discovery/shared_groups.h"
#include "engine/discovery/workload_homes.h"
#include "engine/manifest/manifest_path.h"

namespace engine {
namespace {

constexpr const char* kUsualDirectory = "apps";

class ImageUsageScanner {
 public:
  ImageUsageScanner(const ManifestTree& tree, const LookAt& look, const ImageChoice& choice,
                    const std::stop_token& stop)
      : tree_(tree),
        stop_(stop),
        graph_(tree, stop),
        wiring_(tree, graph_, look.origin, look.below ? "" : look.flux_path.value_or(""), stop),
        layers_(tree, wiring_, graph_),
        scope_(scope_of(look)),
        flux_(applications()),
        places_(tree, choice, LiveReferences(tree, graph_, flux_, roots()), stop),
        tags_(tree),
        homes_(tree, flux_, layers_, places_, tags_, found_.groups) {}

  FoundCatalog find(const LookAt& look) {
    found_.groups = places_.take_groups();
    found_.left_out = LeftOut(places_.take_excluded());
    look_at(look);
    keep_groups_looked_at();
    walk_all();
    leave_out_replaced();
    note_shared();
    homes_.place_unreached();
    record_wiring(look);
    list_unplaced();
    return std::move(found_);
  }

 private:
  std::string usual_directory() const {
    const bool any = std::ranges::any_of(found_.groups, [](const auto& group) {
      return is_below(group.first.file, kUsualDirectory);
    });
    return any ? kUsualDirectory : "";
  }

  void look_at(const LookAt& look) {
    if (look.below || look.flux_path) {
      found_.looked_below = look.below ? *look.below : *look.flux_path;
    } else {
      found_.looked_below = usual_directory();
      found_.clusters = cluster_entries(wiring_);
    }
  }

  bool is_looked_at(const std::string& path) const {
    if (!scope_) {
      return is_below(path, found_.looked_below);
    }
    const ManifestFile* file = tree_.find(path);
    return file != nullptr && scope_->has(*file);
  }

  void keep_groups_looked_at() {
    std::erase_if(found_.groups, [&](const auto& group) {
      const bool is = is_looked_at(group.first.file);
      if (!is) {
        found_.left_out.add(group.first, "it is not applied from " + found_.looked_below);
      }
      return !is;
    });
    for (const auto& [place, group] : found_.groups) {
      group_directories_.insert(directory_of(place.file));
    }
  }

  // Below the root is everything, applied or not.
  std::optional<FluxScope> scope_of(const LookAt& look) {
    return look.below || look.flux_path.value_or("").empty()
               ? std::nullopt
               : std::optional<FluxScope>(std::in_place, tree_, graph_, wiring_, layers_,
                                          *look.flux_path, stop_);
  }

  std::vector<const FluxApplication*> applications() const {
    if (scope_) {
      return scope_->applications();
    }
    std::vector<const FluxApplication*> all;
    for (const FluxApplication& application : wiring_.applications()) {
      all.push_back(&application);
    }
    return all;
  }

  std::set<std::string> roots() const { return scope_ ? scope_->roots() : all_roots(); }

  // The directories whose kustomizations are applied, as far as that can be told.
  std::set<std::string> all_roots() const {
    std::set<std::string> roots(graph_.roots().begin(), graph_.roots().end());
    for (const FluxApplication& application : wiring_.applications()) {
      layers_.add_root(application, roots);
    }
    return roots;
  }

  void walk_all() {
    const std::set<std::string> roots = this->roots();
    const std::set<std::string> all = all_roots();
    applied_ = roots;
    // Those that build on what has a group matter, with all else that they build on.
    const std::set<std::string> users = graph_.users_of(group_directories_);
    std::vector<std::string> relevant;
    std::ranges::copy_if(roots, std::back_inserter(relevant),
                         [&](const std::string& root) { return users.contains(root); });
    relevant_ = graph_.bases_of(relevant);
    for (const std::string& root : roots) {
      if (stop_.stop_requested()) {
        return;
      }
      homes_.place_built(root, graph_.build(root));
    }
    std::ranges::set_intersection(all, users, std::inserter(using_roots_, using_roots_.end()));
  }

  void leave_out_replaced() {
    const Built built{graph_, tags_, applied_, scope_ ? &scope_->kustomizations() : nullptr};
    for (const auto& [place, reason] : replaced_places(tree_, built, found_.groups, stop_)) {
      if (found_.groups.erase(place) > 0) {
        replaced_.push_back({place.file, place.image_name, reason});
        found_.left_out.add(place, reason);
      }
    }
  }

  // Notes the groups that something outside of the scope applies as well.
  void note_shared() {
    if (!scope_) {
      return;
    }
    SharedGroups shared(tree_, graph_, wiring_, *scope_);
    shared.build(using_roots_, stop_);
    found_.shared = shared.users_of(found_.groups, stop_);
  }

  void record_wiring(const LookAt& look) {
    GroupWiring wiring({.tree = tree_,
                        .graph = graph_,
                        .wiring = wiring_,
                        .layers = layers_,
                        .scope = scope_ ? &*scope_ : nullptr,
                        .entry = look.below ? "" : look.flux_path.value_or("")},
                       stop_);
    for (auto& [place, group] : found_.groups) {
      group.wiring = wiring.of(place);
    }
  }

  void list_unplaced() {
    std::set<SkippedItem> all;
    std::vector<SkippedItem> refused = places_.refused();
    refused.insert(refused.end(), replaced_.begin(), replaced_.end());
    std::ranges::copy_if(refused, std::inserter(all, all.end()),
                         [&](const SkippedItem& one) { return is_looked_at(one.file); });
    for (const auto& [directory, obstacle] : graph_.obstacles()) {
      if (relevant_.contains(directory)) {
        all.insert(obstacle);
      }
    }
    for (const ManifestFile& file : tree_.files()) {
      if (is_looked_at(file.path)) {
        list_unreadable(file, all);
      }
    }
    for (const std::string& sentence :
         places_.passed_over([&](const std::string& path) { return is_looked_at(path); })) {
      all.insert({"", "", sentence});
    }
    all.insert(flux_.unplaced().begin(), flux_.unplaced().end());
    list_strangers(all);
    for (const std::string& omission : tree_.omissions()) {
      all.insert({"", "", omission});
    }
    if (found_.groups.empty() && all.empty()) {
      all.insert({"", "", "no image was found in " + std::to_string(looked_at()) + " manifests"});
    }
    if (graph_.exhausted() || places_.exhausted()) {
      all.insert({"", "", "not followed to the end: the kustomizations build too much together"});
    }
    found_.unplaced.assign(all.begin(), all.end());
  }

  // Flux Kustomizations that may apply what is here, and cannot be counted.
  void list_strangers(std::set<SkippedItem>& all) const {
    if (scope_) {
      all.insert(scope_->passed_over().begin(), scope_->passed_over().end());
      return;
    }
    for (const FluxStranger& stranger : wiring_.strangers()) {
      if (stranger.is_doubtful) {
        all.insert({stranger.file->path, stranger.flux->name,
                    "the Flux Kustomization is not counted: " + stranger.reason});
      }
    }
  }

  std::ptrdiff_t looked_at() const {
    return std::ranges::count_if(tree_.files(),
                                 [&](const ManifestFile& file) { return is_looked_at(file.path); });
  }

  void list_unreadable(const ManifestFile& file, std::set<SkippedItem>& all) const {
    if (file.kind != TreeEntryKind::file) {
      if (is_kustomization_path(file.path)) {
        all.insert({file.path, "", "it is a symbolic link or a submodule"});
      }
    } else if (file.summary.problem && !is_in_chart(tree_, file.path)) {
      all.insert({file.path, "", *file.summary.problem});
    }
  }

  const ManifestTree& tree_;
  const std::stop_token& stop_;
  KustomizeGraph graph_;
  FluxWiring wiring_;
  FluxLayers layers_;
  std::optional<FluxScope> scope_;
  FluxObjects flux_;
  ImagePlaces places_;
  ReleaseTags tags_;
  FoundCatalog found_;
  WorkloadHomes homes_;
  std::vector<SkippedItem> replaced_;  // what is not offered since a tag there would change nothing
  std::set<std::string> group_directories_;
  std::set<std::string> applied_;      // directories that are applied as they are
  std::set<std::string> using_roots_;  // all that build on what has a group
  std::set<std::string> relevant_;     // directories of the kustomizations that matter
};

}  // namespace

FoundCatalog find_image_groups(const ManifestTree& tree, const LookAt& look,
                               const ImageChoice& choice, const std::stop_token& stop) {
  return ImageUsageScanner(tree, look, choice, stop).find(look);
}

}  // namespace engine
