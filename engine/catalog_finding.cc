#include "engine/catalog_finding.h"

#include <algorithm>
#include <iterator>

#include "engine/flux_objects.h"

namespace engine {
namespace {

constexpr const char* kUsualDirectory = "apps";

class Finder {
 public:
  Finder(const ManifestTree& tree, const std::stop_token& stop)
      : tree_(tree), stop_(stop), graph_(tree, stop), flux_(tree) {}

  FoundCatalog find(const std::optional<std::string>& below) {
    find_groups();
    found_.looked_below = below ? *below : usual_directory();
    keep_groups_below();
    walk_all();
    place_unreached();
    list_unplaced();
    return std::move(found_);
  }

 private:
  void find_groups() {
    for (const ManifestFile& file : tree_.files()) {
      if (file.facts.kustomization) {
        for (const ImageEntry& entry : file.facts.kustomization->images) {
          add_group({.file = file.path, .image_name = entry.name, .path = {}},
                    last_segment(entry.name), entry.refusal);
        }
      }
      for (const HelmTag& tag : file.facts.helm_tags) {
        const std::string image = tag.repository.empty() ? tag.release : tag.repository;
        add_group({.type = "helm-values", .file = file.path, .image_name = image, .path = tag.path},
                  last_segment(image), tag.refusal);
      }
    }
  }

  void add_group(const GroupPlace& place, std::string base,
                 const std::optional<std::string>& refusal) {
    if (refusal) {
      refused_.push_back({place.file, place.image_name, *refusal});
      return;
    }
    found_.groups.try_emplace(place, FoundGroup{place, std::move(base), {}, {}, {}});
  }

  std::string usual_directory() const {
    const bool any = std::ranges::any_of(found_.groups, [](const auto& group) {
      return is_below(group.first.file, kUsualDirectory);
    });
    return any ? kUsualDirectory : "";
  }

  bool is_looked_at(const std::string& path) const { return is_below(path, found_.looked_below); }

  void keep_groups_below() {
    std::erase_if(found_.groups,
                  [&](const auto& group) { return !is_looked_at(group.first.file); });
    for (const auto& [place, group] : found_.groups) {
      group_directories_.insert(directory_of(place.file));
    }
  }

  void walk_all() {
    std::set<std::string> roots(graph_.roots().begin(), graph_.roots().end());
    for (const std::string& directory : flux_.directories()) {
      if (tree_.kustomization_in(directory) != nullptr) {
        roots.insert(directory);
      }
    }
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
  }

  // What Flux does to a directory that it applies.
  Site site_of(const std::string& directory) {
    Site site;
    for (const FluxKustomization* flux : flux_.covering(directory)) {
      site.kustomization.add(flux->name);
      site.namespace_name.add(flux->target_namespace);
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
      } else {
        place_workload(workload, site);
      }
    }
  }

  static void merge(Site& into, const Site& from) {
    for (const std::string& name : from.kustomization.values()) {
      into.kustomization.add(name);
    }
    for (const std::string& name : from.namespace_name.values()) {
      into.namespace_name.add(name);
    }
  }

  FoundGroup* group_of(const ReachedImage& image) {
    if (image.entry == nullptr) {
      return nullptr;
    }
    const auto found =
        found_.groups.find({.file = image.file->path, .image_name = image.entry->name, .path = {}});
    return found == found_.groups.end() ? nullptr : &found->second;
  }

  // A workload is at home in the group of the image that is its own by name, else of the first.
  void place_workload(const ReachedWorkload& workload, const Site& site) {
    const std::string& own = workload.workload->name;
    FoundGroup* home = nullptr;
    bool named = false;
    std::set<FoundGroup*> all;
    for (const ReachedImage& image : workload.images) {
      FoundGroup* group = group_of(image);
      if (group == nullptr) {
        continue;
      }
      all.insert(group);
      const bool by_name = image.container == own || group->base == own;
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

  // Groups of HelmReleases, and groups that no workload runs or is at home in: a service stands for
  // each, so that it can be rolled out.
  void place_unreached() {
    std::set<std::pair<std::string, std::string>> placed;  // releases that have their service
    for (const ManifestFile& file : tree_.files()) {
      for (const HelmTag& tag : file.facts.helm_tags) {
        place_release(file, tag, placed);
      }
    }
    for (auto& [place, group] : found_.groups) {
      if (!group.services.empty()) {
        continue;
      }
      if (group.guests.empty()) {
        merge(group.site, site_of_file(place.file));
      }
      group.services[group.base] = {group.base, false, group.site};
    }
  }

  Site site_of_file(const std::string& path) {
    Site site = site_of(directory_of(path));
    const ManifestFile* file = tree_.find(path);
    if (site.namespace_name.values().empty() && file->facts.kustomization) {
      site.namespace_name.add(file->facts.kustomization->namespace_name);
    }
    return site;
  }

  void place_release(const ManifestFile& file, const HelmTag& tag,
                     std::set<std::pair<std::string, std::string>>& placed) {
    const std::string image = tag.repository.empty() ? tag.release : tag.repository;
    const auto found = found_.groups.find(
        {.type = "helm-values", .file = file.path, .image_name = image, .path = tag.path});
    if (found == found_.groups.end()) {
      return;
    }
    FoundGroup& group = found->second;
    const auto reached = releases_.find({file.path, tag.release});
    group.site = reached != releases_.end() ? reached->second : site_of(directory_of(file.path));
    if (tag.namespace_name) {
      group.site.namespace_name = {};
      group.site.namespace_name.add(tag.namespace_name);
    }
    // What is not the release's own is named after its image.
    if (is_own(tag) && placed.emplace(file.path, tag.release).second) {
      group.services[tag.release] = {tag.release, true, group.site};
    }
  }

  // Whether the tag is that of what the release is for, rather than of something beside it.
  static bool is_own(const HelmTag& tag) {
    return tag.path.ends_with(".spec.values.image.tag") ||
           last_segment(tag.repository) == tag.release || tag.repository.empty();
  }

  bool is_in_chart(std::string path) const {
    while (!path.empty()) {
      path = directory_of(path);
      if (tree_.find(path.empty() ? "Chart.yaml" : path + "/Chart.yaml") != nullptr) {
        return true;
      }
    }
    return false;
  }

  void list_unplaced() {
    std::set<Unplaced> all;
    for (const Unplaced& refused : refused_) {
      if (is_looked_at(refused.file)) {
        all.insert(refused);
      }
    }
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
    all.insert(flux_.unplaced().begin(), flux_.unplaced().end());
    for (const std::string& omission : tree_.omissions()) {
      all.insert({"", "", omission});
    }
    if (graph_.exhausted()) {
      all.insert({"", "", "not followed to the end: the kustomizations build too much together"});
    }
    found_.unplaced.assign(all.begin(), all.end());
  }

  void list_unreadable(const ManifestFile& file, std::set<Unplaced>& all) const {
    if (file.kind != TreeEntryKind::file) {
      if (is_kustomization_path(file.path)) {
        all.insert({file.path, "", "it is a symbolic link or a submodule"});
      }
    } else if (file.facts.problem && !is_in_chart(file.path)) {
      all.insert({file.path, "", *file.facts.problem});
    }
  }

  const ManifestTree& tree_;
  const std::stop_token& stop_;
  KustomizeGraph graph_;
  FluxObjects flux_;
  FoundCatalog found_;
  std::vector<Unplaced> refused_;
  std::set<std::string> group_directories_;
  std::set<std::string> relevant_;  // directories of the kustomizations that matter
  std::map<std::pair<std::string, std::string>, Site> releases_;  // by file and name
};

}  // namespace

FoundCatalog find_image_groups(const ManifestTree& tree, const std::optional<std::string>& below,
                               const std::stop_token& stop) {
  return Finder(tree, stop).find(below);
}

std::string last_segment(std::string_view image) {
  return std::string(image.substr(image.rfind('/') + 1));
}

}  // namespace engine
