#include "engine/discovery/live_references.h"

#include <algorithm>
#include <string_view>
#include <tuple>

#include "engine/manifest/image_reference.h"

namespace engine {
namespace {

// What patches set, to be looked up by kind, name and container; an empty one stands for any.
using Patched = std::set<std::tuple<std::string_view, std::string_view, std::string_view>>;

bool is_patched(const Patched& patched, const Workload& workload, const ContainerImage& container) {
  if (patched.empty()) {
    return false;
  }
  for (const std::string_view kind : {std::string_view(workload.kind), std::string_view()}) {
    for (const std::string_view name : {std::string_view(workload.name), std::string_view()}) {
      if (patched.contains({kind, name, container.container}) ||
          patched.contains({kind, name, std::string_view()})) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

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
  for (const ManifestFile& file : tree_.files()) {
    if (file.facts.kustomization) {
      for (const ImagePatch& patch : file.facts.kustomization->patches) {
        add_patch(directory_of(file.path), patch);
      }
    }
  }
}

void LiveReferences::add_patch(const std::string& directory, const ImagePatch& patch) {
  std::vector<ImagePatch>& all = patches_[directory];
  if (patch.file.empty()) {
    all.push_back(patch);
    return;
  }
  const auto path = resolve_path(directory, patch.file);
  const ManifestFile* const file = path ? tree_.find(*path) : nullptr;
  if (file == nullptr) {
    return;
  }
  patch_files_[file->path].insert(directory);
  if (file->facts.patches_images) {
    all.push_back(patch);
  }
  for (const Workload& workload : file->facts.workloads) {
    for (const ContainerImage& container : workload.containers) {
      all.push_back({"", patch.kind.empty() ? workload.kind : patch.kind,
                     patch.name.empty() ? workload.name : patch.name, container.container});
    }
  }
}

void LiveReferences::see(const std::string& root) {
  const std::vector<ReachedWorkload>& built = graph_.build(root);
  if (built.empty() || exhausted()) {
    return;
  }
  Patched patched;
  for (const std::string& directory : graph_.bases_of({root})) {
    const auto found = patches_.find(directory);
    ++steps_;
    if (found != patches_.end()) {
      for (const ImagePatch& patch : found->second) {
        patched.emplace(patch.kind, patch.name, patch.container);
        ++steps_;
      }
    }
  }
  for (const ReachedWorkload& workload : built) {
    const auto& containers = workload.workload->containers;
    steps_ += containers.size();
    for (std::size_t i = 0; i < containers.size(); ++i) {
      reached_.insert(&containers[i]);
      if (workload.images[i].entry == nullptr &&
          !is_patched(patched, *workload.workload, containers[i])) {
        live_.insert(&containers[i]);
      }
    }
  }
}

bool LiveReferences::decides(const ManifestFile& file, const ContainerImage& container) const {
  if (exhausted()) {
    return false;
  }
  if (reached_.contains(&container)) {
    return live_.contains(&container);
  }
  const auto patched = patch_files_.find(file.path);
  if (patched == patch_files_.end()) {
    return is_applied(directory_of(file.path));
  }
  const std::string image(split_image_reference(container.image).name);
  return std::ranges::none_of(
      patched->second, [&](const std::string& directory) { return is_set_for(directory, image); });
}

// Whether a kustomization that builds on that of the directory, or that itself, has an entry for
// the image.
bool LiveReferences::is_set_for(const std::string& directory, const std::string& image) const {
  const std::set<std::string> users = graph_.users_of({directory});
  return std::ranges::any_of(users, [&](const std::string& user) {
    const ManifestFile* const file = tree_.kustomization_in(user);
    return file != nullptr &&
           std::ranges::any_of(file->facts.kustomization->images,
                               [&](const ImageEntry& entry) { return entry.name == image; });
  });
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
