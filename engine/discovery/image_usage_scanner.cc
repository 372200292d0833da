#include "engine/discovery/image_usage_scanner.h"

#include <algorithm>
#include <iterator>

#include "engine/discovery/flux_clusters.h"
#include "engine/discovery/flux_objects.h"
#include "engine/discovery/flux_scope.h"
#include "engine/discovery/image_places.h"
#include "engine/discovery/live_references.h"
#include "engine/discovery/release_images.h"
#include "engine/discovery/release_tags.h"
#include "engine/discovery/replaced_places.h"
#include "engine/discovery/shared_groups.h"
#include "engine/manifest/manifest_path.h"

namespace engine {
namespace {

constexpr const char* kUsualDirectory = "apps";

class Finder {
 public:
  Finder(const ManifestTree& tree, const LookAt& look, const ImageChoice& choice,
         const std::stop_token& stop)
      : tree_(tree),
        stop_(stop),
        graph_(tree, stop),
        wiring_(tree, graph_, look.origin, look.below ? "" : look.flux_path.value_or(""), stop),
        scope_(scope_of(look)),
        flux_(applications()),
        places_(tree, choice, LiveReferences(tree, graph_, flux_, roots()), stop),
        tags_(tree) {}

  FoundCatalog find(const LookAt& look) {
    found_.groups = places_.take_groups();
    for (const GroupPlace& place : places_.excluded()) {
      found_.left_out[place] = "its image is no longer one that is offered";
    }
    look_at(look);
    keep_groups_looked_at();
    walk_all();
    leave_out_replaced();
    note_shared();
    place_unreached();
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
        found_.left_out[group.first] = "it is not applied from " + found_.looked_below;
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
               : std::optional<FluxScope>(std::in_place, tree_, graph_, wiring_, *look.flux_path,
                                          stop_);
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
      if (tree_.kustomization_in(application.directory) != nullptr) {
        roots.insert(application.directory);
      }
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
      walk(root);
    }
    std::ranges::set_intersection(all, users, std::inserter(using_roots_, using_roots_.end()));
  }

  // What Flux does to a directory that it applies.
  Site site_of(const std::string& directory) {
    Site site;
    for (const FluxApplication* application : flux_.covering(directory)) {
      site.kustomization.add(application->flux->name);
      site.kustomization_namespace.add(application->namespace_name);
      site.namespace_name.add(application->flux->target_namespace);
    }
    return site;
  }

  void walk(const std::string& root) {
    const Site applied = site_of(root);
    for (const ReachedWorkload& workload : graph_.build(root)) {
      Site site = applied;
      if (applied.namespace_name.values().empty()) {
        site.namespace_name.add(workload.namespace_name);
      }
      if (workload.workload->kind == "HelmRelease") {
        merge(releases_[{workload.file->path, workload.workload->name}], site);
        tags_.reach(workload);
      } else {
        place_workload(workload, site);
      }
    }
  }

  static void merge(Site& into, const Site& from) {
    for (const std::string& name : from.kustomization.values()) {
      into.kustomization.add(name);
    }
    for (const std::string& name : from.kustomization_namespace.values()) {
      into.kustomization_namespace.add(name);
    }
    for (const std::string& name : from.namespace_name.values()) {
      into.namespace_name.add(name);
    }
  }

  // Of the entry that decides, or else of the workload's own image.
  FoundGroup* group_of(const ReachedWorkload& workload, std::size_t index) {
    const ReachedImage& image = workload.images[index];
    const auto found = found_.groups.find(
        image.entry == nullptr
            ? place_of_image(*workload.file, workload.workload->containers[index])
            : GroupPlace{.file = image.file->path, .image_name = image.entry->name, .path = {}});
    return found == found_.groups.end() ? nullptr : &found->second;
  }

  // A workload is at home in the group of the image that is its own by name, else of the first.
  void place_workload(const ReachedWorkload& workload, const Site& site) {
    const std::string& own = workload.workload->name;
    FoundGroup* home = nullptr;
    bool named = false;
    std::set<FoundGroup*> all;
    for (std::size_t i = 0; i < workload.images.size(); ++i) {
      FoundGroup* group = group_of(workload, i);
      if (group == nullptr) {
        continue;
      }
      all.insert(group);
      const bool by_name = workload.images[i].container == own || group->base == own;
      if (home == nullptr || (by_name && !named)) {
        home = group;
        named = by_name;
      }
    }
    for (FoundGroup* group : all) {
      merge(group->site, site);
      if (group == home) {
        FoundService& service = group->services[workload.name];
        service.workload = workload.name;
        merge(service.site, site);
      } else {
        group->guests.emplace(home, workload.name);
      }
    }
  }

  void leave_out_replaced() {
    constexpr const char* kReason =
        "not offered: all that builds on it sets the tag again, so a rollout would change nothing";
    const Built built{graph_, tags_, applied_, scope_ ? &scope_->kustomizations() : nullptr};
    for (const GroupPlace& place : replaced_places(tree_, built, found_.groups, stop_)) {
      if (found_.groups.erase(place) > 0) {
        replaced_.push_back({place.file, place.image_name, kReason});
        found_.left_out[place] = kReason;
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

  // Groups of HelmReleases, and groups that no workload runs or is at home in: a service stands for
  // each, so that it can be rolled out.
  void place_unreached() {
    for (const ManifestFile& file : tree_.files()) {
      for (const HelmTag& tag : file.facts.helm_tags) {
        place_release(file, tag);
      }
      for (const Workload& workload : file.facts.workloads) {
        place_plain(file, workload);
      }
    }
    for (auto& [place, group] : found_.groups) {
      if (!group.services.empty()) {
        continue;
      }
      if (group.guests.empty() && place.type != "helm-values") {
        merge(group.site, site_of_file(place.file));
      }
      const std::string& name = group.stand_in.empty() ? group.base : group.stand_in;
      std::vector<std::string> longer = group.longer;
      group.services[name] = {name, false, group.site, std::move(longer)};
    }
  }

  // A workload that no kustomization builds, if any image of it has a group.
  void place_plain(const ManifestFile& file, const Workload& workload) {
    ReachedWorkload plain{&workload, &file, workload.name, workload.namespace_name, {}};
    bool any = false;
    for (const ContainerImage& container : workload.containers) {
      plain.images.push_back(
          {container.container, std::string(image_name(container.image)), nullptr, nullptr});
      const auto group = found_.groups.find(place_of_image(file, container));
      any = any || (group != found_.groups.end() && group->second.services.empty() &&
                    group->second.guests.empty());
    }
    if (any) {
      Site site = site_of_file(file.path);
      if (site.namespace_name.values().empty()) {
        site.namespace_name.add(workload.namespace_name);
      }
      place_workload(plain, site);
    }
  }

  Site site_of_file(const std::string& path) {
    Site site = site_of(directory_of(path));
    const ManifestFile* file = tree_.kustomization_in(directory_of(path));
    if (site.namespace_name.values().empty() && file != nullptr) {
      site.namespace_name.add(file->facts.kustomization->namespace_name);
    }
    return site;
  }

  void place_release(const ManifestFile& file, const HelmTag& tag) {
    const ReleaseImage* const image = places_.release_image(tag);
    const auto found = found_.groups.find(place_of_image(file, tag));
    if (image == nullptr || found == found_.groups.end()) {
      return;
    }
    FoundGroup& group = found->second;
    const auto reached = releases_.find({file.path, tag.release});
    group.site = reached != releases_.end() ? reached->second : site_of(directory_of(file.path));
    if (tag.namespace_name) {
      group.site.namespace_name = {};
      group.site.namespace_name.add(tag.namespace_name);
    }
    group.services[image->name] = {image->name, image->is_own, group.site, image->longer};
  }

  void list_unplaced() {
    std::set<Unplaced> all;
    std::vector<Unplaced> refused = places_.refused();
    refused.insert(refused.end(), replaced_.begin(), replaced_.end());
    std::ranges::copy_if(refused, std::inserter(all, all.end()),
                         [&](const Unplaced& one) { return is_looked_at(one.file); });
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
  void list_strangers(std::set<Unplaced>& all) const {
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

  void list_unreadable(const ManifestFile& file, std::set<Unplaced>& all) const {
    if (file.kind != TreeEntryKind::file) {
      if (is_kustomization_path(file.path)) {
        all.insert({file.path, "", "it is a symbolic link or a submodule"});
      }
    } else if (file.facts.problem && !is_in_chart(tree_, file.path)) {
      all.insert({file.path, "", *file.facts.problem});
    }
  }

  const ManifestTree& tree_;
  const std::stop_token& stop_;
  KustomizeGraph graph_;
  FluxWiring wiring_;
  std::optional<FluxScope> scope_;
  FluxObjects flux_;
  ImagePlaces places_;
  ReleaseTags tags_;
  FoundCatalog found_;
  std::vector<Unplaced> replaced_;  // what is not offered since a tag there would change nothing
  std::set<std::string> group_directories_;
  std::set<std::string> applied_;      // directories that are applied as they are
  std::set<std::string> using_roots_;  // all that build on what has a group
  std::set<std::string> relevant_;     // directories of the kustomizations that matter
  std::map<std::pair<std::string, std::string>, Site> releases_;  // by file and name
};

}  // namespace

FoundCatalog find_image_groups(const ManifestTree& tree, const LookAt& look,
                               const ImageChoice& choice, const std::stop_token& stop) {
  return Finder(tree, look, choice, stop).find(look);
}

}  // namespace engine
