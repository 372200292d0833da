#include "engine/discovery/workload_homes.h"

#include <set>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/discovery/image_project.h"

namespace engine {
namespace {

void merge(Site& into, const Site& from) {
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

void add(const FluxApplication& application, Site& site) {
  site.kustomization.add(application.flux->name);
  site.kustomization_namespace.add(application.namespace_name);
  site.namespace_name.add(application.flux->target_namespace);
}

}  // namespace

// What Flux does to a directory that it applies.
Site WorkloadHomes::site_of(const std::string& directory) const {
  Site site;
  for (const FluxApplication* application : flux_.covering(directory)) {
    add(*application, site);
  }
  return site;
}

// The same of what is built: a layer is one application's, and not the directory's.
Site WorkloadHomes::site_of_root(const std::string& root) const {
  Site site;
  if (const FluxApplication* const application = layers_.application_of(root)) {
    add(*application, site);
    return site;
  }
  for (const FluxApplication* application : flux_.covering(root)) {
    if (application->directory != root || layers_.layer_of(*application) == nullptr) {
      add(*application, site);
    }
  }
  return site;
}

void WorkloadHomes::place_built(const std::string& root,
                                const std::vector<ReachedWorkload>& built) {
  const Site applied = site_of_root(root);
  for (const ReachedWorkload& workload : built) {
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

// Of the entry that decides, or else of the image where it is written.
FoundGroup* WorkloadHomes::group_of(const ReachedImage& image) const {
  const auto place = place_of_image(image);
  const auto found = place ? groups_.find(*place) : groups_.end();
  return found == groups_.end() ? nullptr : &found->second;
}

// A workload is at home in the group of the image that is its own by name, else of the first.
void WorkloadHomes::place_workload(const ReachedWorkload& workload, const Site& site) {
  const std::string& own = workload.workload->name;
  FoundGroup* home = nullptr;
  const ReachedImage* home_image = nullptr;
  bool named = false;
  std::set<FoundGroup*> all;
  for (std::size_t i = 0; i < workload.images.size(); ++i) {
    FoundGroup* group = group_of(workload.images[i]);
    if (group == nullptr) {
      continue;
    }
    all.insert(group);
    const bool by_name = workload.images[i].container == own || group->base == own;
    if (home == nullptr || (by_name && !named)) {
      home = group;
      home_image = &workload.images[i];
      named = by_name;
    }
  }
  for (FoundGroup* group : all) {
    merge(group->site, site);
    if (group == home) {
      FoundService& service = group->services[workload.name];
      service.workload = workload.name;
      merge(service.site, site);
      service.project.add(project_of_workload(*workload.workload, home_image->name));
    } else {
      group->secondary_workloads.emplace(home, workload.name);
    }
  }
}

void WorkloadHomes::place_unreached() {
  for (const ManifestFile& file : tree_.files()) {
    for (const HelmTag& tag : file.summary.helm_tags) {
      place_release(file, tag);
    }
    for (const Workload& workload : file.summary.workloads) {
      place_plain(file, workload);
    }
  }
  stand_in_for_the_rest();
}

void WorkloadHomes::stand_in_for_the_rest() {
  for (auto& [place, group] : groups_) {
    if (!group.services.empty()) {
      continue;
    }
    if (group.secondary_workloads.empty() && place.type != "helm-values") {
      merge(group.site, site_of_file(place.file));
    }
    const std::string& name = group.stand_in.empty() ? group.base : group.stand_in;
    std::vector<std::string> longer = group.longer;
    FoundService& service = group.services[name] = {name, false, group.site, std::move(longer)};
    service.project.add(project_of_image(place.image_name));
  }
}

// A workload that no kustomization builds, if any image of it has a group.
void WorkloadHomes::place_plain(const ManifestFile& file, const Workload& workload) {
  ReachedWorkload plain{&workload, &file, workload.name, workload.namespace_name, {}};
  bool any = false;
  for (const ContainerImage& container : workload.containers) {
    plain.images.push_back({container.container, std::string(image_name(container.image)), nullptr,
                            nullptr, &container, &file});
    const auto group = groups_.find(place_of_image(file, container));
    any = any || (group != groups_.end() && group->second.services.empty() &&
                  group->second.secondary_workloads.empty());
  }
  if (any) {
    Site site = site_of_file(file.path);
    if (site.namespace_name.values().empty()) {
      site.namespace_name.add(workload.namespace_name);
    }
    place_workload(plain, site);
  }
}

Site WorkloadHomes::site_of_file(const std::string& path) const {
  Site site = site_of(directory_of(path));
  const ManifestFile* file = tree_.kustomization_in(directory_of(path));
  if (site.namespace_name.values().empty() && file != nullptr) {
    site.namespace_name.add(file->summary.kustomization->namespace_name);
  }
  return site;
}

void WorkloadHomes::place_release(const ManifestFile& file, const HelmTag& tag) {
  const ReleaseImage* const image = places_.release_image(tag);
  const auto found = groups_.find(place_of_image(file, tag));
  if (image == nullptr || found == groups_.end()) {
    return;
  }
  FoundGroup& group = found->second;
  const auto reached = releases_.find({file.path, tag.release});
  group.site = reached != releases_.end() ? reached->second : site_of(directory_of(file.path));
  if (tag.namespace_name) {
    group.site.namespace_name = {};
    group.site.namespace_name.add(tag.namespace_name);
  }
  FoundService& service =
      group.services[image->name] = {image->name, image->is_own, group.site, image->longer};
  service.project.add(project_of_image(tag.registry.empty() ? tag.repository
                                                            : tag.registry + "/" + tag.repository));
}

}  // namespace engine
