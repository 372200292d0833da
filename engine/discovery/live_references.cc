#include "engine/discovery/live_references.h"

#include <algorithm>

#include "engine/base/repository_path.h"
#include "engine/manifest/image_reference.h"

namespace engine {

LiveReferences::LiveReferences(const ManifestTree& tree, KustomizeGraph& graph,
                               const FluxObjects& flux, const std::set<std::string>& roots)
    : tree_(tree), graph_(graph) {
  for (const std::string& directory : flux.directories()) {
    flux_directories_.insert(directory);
  }
  read_patches();
  for (const std::string& root : roots) {
    see(root);
  }
}

void LiveReferences::read_patches() {
  for (const auto& [directory, node] : graph_.nodes()) {
    for (const ManifestFile* file : node.patches) {
      patch_files_[file].insert(directory);
    }
  }
}

void LiveReferences::see(const std::string& root) {
  for (const ReachedWorkload& workload : graph_.build(root)) {
    steps_ += workload.workload->containers.size() + workload.images.size();
    if (exhausted()) {
      return;
    }
    for (const ContainerImage& container : workload.workload->containers) {
      reached_.insert(&container);
    }
    for (const ReachedImage& image : workload.images) {
      if (image.entry == nullptr && image.written != nullptr) {
        live_.insert(image.written);
      } else if (image.entry != nullptr && !image.matched.empty()) {
        expressions_[{image.file, image.entry}].insert(image.matched);
      } else if (image.entry == nullptr) {
        placeless_.emplace(workload.file, image.name.empty() ? image.former : image.name);
      }
    }
  }
}

bool LiveReferences::decides(const ManifestFile& file, const ContainerImage& container) const {
  if (exhausted()) {
    return false;
  }
  if (reached_.contains(&container) || graph_.patched().contains(&container)) {
    return live_.contains(&container);
  }
  const auto patched = patch_files_.find(&file);
  if (patched == patch_files_.end()) {
    return is_applied(directory_of(file.path));
  }
  const std::string image(split_image_reference(container.image).name);
  return std::ranges::none_of(
      patched->second, [&](const std::string& directory) { return is_set_for(directory, image); });
}

bool LiveReferences::decides(const PatchOperation& operation) const {
  return !exhausted() && live_.contains(&operation.image);
}

// Whether a kustomization that builds on that of the directory, or that itself, has an entry for
// the image.
bool LiveReferences::is_set_for(const std::string& directory, const std::string& image) const {
  const std::set<std::string> users = graph_.users_of({directory});
  return std::ranges::any_of(
      users, [&](const std::string& user) { return graph_.has_entry_for(user, image); });
}

// Flux makes a kustomization of all manifests for a directory that has none; a kustomization above
// the manifest that does not name it leaves it out.
bool LiveReferences::is_applied(const std::string& directory) const {
  for (std::string at = directory;; at = directory_of(at)) {
    if (tree_.kustomization_in(at) != nullptr) {
      return false;
    }
    if (at.empty() || flux_directories_.contains(at)) {
      return true;
    }
  }
}

}  // namespace engine
