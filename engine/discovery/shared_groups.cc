#include "engine/discovery/shared_groups.h"

#include <algorithm>
#include <iterator>

#include "engine/base/repository_path.h"
#include "engine/discovery/image_places.h"

namespace engine {
namespace {

std::vector<const FluxApplication*> outer_applications(const FluxWiring& wiring,
                                                       const FluxScope& scope) {
  const std::set<const FluxApplication*> inner(scope.applications().begin(),
                                               scope.applications().end());
  std::vector<const FluxApplication*> outer;
  for (const FluxApplication& application : wiring.applications()) {
    if (!inner.contains(&application)) {
      outer.push_back(&application);
    }
  }
  return outer;
}

}  // namespace

SharedGroups::SharedGroups(const ManifestTree& tree, KustomizeGraph& graph,
                           const FluxWiring& wiring, const FluxScope& scope)
    : tree_(tree),
      graph_(graph),
      scope_(scope),
      flux_(outer_applications(wiring, scope)),
      tags_(tree) {}

void SharedGroups::build(const std::set<std::string>& roots, const std::stop_token& stop) {
  for (const std::string& root : roots) {
    if (stop.stop_requested()) {
      return;
    }
    if (scope_.kustomizations().contains(root)) {
      continue;
    }
    for (const ReachedWorkload& workload : graph_.build(root)) {
      if (workload.workload->kind == "HelmRelease") {
        tags_.reach(workload);
        releases_[{workload.file, workload.workload->name}].add(root);
      }
      for (const ReachedImage& image : workload.images) {
        if (const auto place = place_of_image(image)) {
          images_[*place].add(root);
        }
      }
    }
  }
}

std::map<GroupPlace, Agreement> SharedGroups::users_of(
    const std::map<GroupPlace, FoundGroup>& groups, const std::stop_token& stop) {
  std::map<GroupPlace, Agreement> all;
  const auto note = [&](const GroupPlace& place, const Agreement& users) {
    for (const std::string& user : users.values()) {
      if (groups.contains(place)) {
        all[place].add(user);
      }
    }
  };
  for (const ManifestFile& file : tree_.files()) {
    if (stop.stop_requested()) {
      return all;
    }
    for (const HelmTag& tag : file.summary.helm_tags) {
      note(place_of_image(file, tag), users_of(file, tag));
    }
  }
  for (const auto& [place, group] : groups) {
    if (const auto image = images_.find(place); image != images_.end()) {
      note(place, image->second);
    }
    note(place, users_of(place.file));
  }
  return all;
}

Agreement SharedGroups::users_of(const ManifestFile& file, const HelmTag& tag) const {
  const auto found = releases_.find({&file, tag.release});
  return found != releases_.end() && tags_.has_effect(file, tag) ? found->second : Agreement();
}

Agreement SharedGroups::users_of(const std::string& file) {
  Agreement users;
  const std::string directory = directory_of(file);
  for (const FluxApplication* outer : flux_.covering(directory)) {
    const auto [built, is_new] = built_.try_emplace(outer->directory);
    if (is_new) {
      graph_.cover(outer->directory, built->second);
    }
    // Without a kustomization all that is below is applied.
    if (built->second.empty() || built->second.contains(directory)) {
      users.add(outer->file->path);
    }
  }
  return users;
}

}  // namespace engine
