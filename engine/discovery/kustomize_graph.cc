#include "engine/discovery/kustomize_graph.h"

#include <algorithm>
#include <iterator>

#include "engine/base/repository_path.h"
#include "engine/manifest/limits.h"

namespace engine {
namespace {

// More than any kustomization builds; bases that multiply each other end here.
constexpr std::size_t kMaxWorkloads = 20'000;

// By the forms that kustomize takes for a repository rather than a path.
bool is_remote(std::string_view reference) {
  return reference.find("://") != std::string_view::npos || reference.starts_with("git@") ||
         reference.starts_with("git::") || reference.starts_with("github.com/") ||
         reference.find("?ref=") != std::string_view::npos;
}

ReachedWorkload reached(const ManifestFile& file, const Workload& workload) {
  ReachedWorkload out{&workload, &file, workload.name, workload.namespace_name, {}};
  for (const ContainerImage& container : workload.containers) {
    out.images.push_back({container.container, std::string(image_name(container.image)), nullptr,
                          nullptr, &container, &file, container.pointer});
  }
  return out;
}

// About the memory that it takes.
std::size_t size_of(const ReachedWorkload& workload) {
  std::size_t size =
      sizeof(ReachedWorkload) + workload.name.size() + workload.namespace_name.value_or("").size();
  for (const ReachedImage& image : workload.images) {
    size += sizeof(ReachedImage) + image.container.size() + image.name.size() +
            image.matched.size() + image.former.size();
  }
  return size + workload.patched.size() * sizeof(PatchedTag) +
         workload.labelled_by.size() * sizeof(const KustomizationFile*);
}

}  // namespace

std::string_view image_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  return image.substr(0, colon);
}

KustomizeGraph::KustomizeGraph(const ManifestTree& tree, std::stop_token stop,
                               const BuildLimits& limits)
    : tree_(tree), stop_(std::move(stop)), limits_(limits) {
  for (const ManifestFile& file : tree.files()) {
    if (file.summary.kustomization) {
      const std::string directory = directory_of(file.path);
      if (tree.kustomization_in(directory) == &file) {
        read_references(directory, file);
      }
    }
  }
  find_roots();
}

void KustomizeGraph::read_references(const std::string& directory, const ManifestFile& file) {
  Node& node = nodes_[directory];
  node.file = &file;
  node.kustomization = &*file.summary.kustomization;
  for (const std::string& resource : file.summary.kustomization->resources) {
    add_reference(directory, directory, node, resource, false);
  }
  for (const std::string& component : file.summary.kustomization->components) {
    add_reference(directory, directory, node, component, true);
  }
  for (const ImagePatch& patch : file.summary.kustomization->patches) {
    add_patch(directory, node, patch);
  }
  for (const ImageEntry& entry : file.summary.kustomization->images) {
    node.entries_.push_back({&entry, &file});
  }
}

void KustomizeGraph::add_patch(const std::string& directory, Node& node, const ImagePatch& patch) {
  if (patch.file.empty()) {
    node.targets_.add(patch, nullptr);
    return;
  }
  const auto path = resolve_path(directory, patch.file);
  const ManifestFile* manifest = path ? tree_.find(*path) : nullptr;
  if (manifest != nullptr && manifest->kind == TreeEntryKind::file) {
    node.patches.push_back(manifest);
    node.targets_.add(patch, manifest);
  }
}

// `name`: that of the node, which refers to what it names from the directory.
void KustomizeGraph::add_reference(const std::string& name, const std::string& directory,
                                   Node& node, const std::string& reference, bool component) {
  const auto obstacle = [&](std::string reason) {
    obstacles_.emplace(name, SkippedItem{node.file->path, reference, std::move(reason)});
  };
  const auto path = resolve_path(directory, reference);
  const ManifestFile* file = path ? tree_.find(*path) : nullptr;
  if (file != nullptr && file->kind != TreeEntryKind::file) {
    obstacle(file->kind == TreeEntryKind::submodule ? "it is a submodule"
                                                    : "it is a symbolic link");
  } else if (file != nullptr && file->summary.problem) {
    obstacle(*file->summary.problem);
  } else if (file != nullptr && !component) {
    node.manifests.push_back(file);
  } else if (path && tree_.kustomization_in(*path) != nullptr) {
    (component ? node.components : node.kustomizations).push_back(*path);
  } else if (is_remote(reference)) {
    obstacle("it is at an address and is not read");
  } else if (!path) {
    obstacle("it is outside of the repository");
  } else {
    obstacle("it is neither a manifest nor a directory with a readable kustomization");
  }
}

void KustomizeGraph::find_roots() {
  std::set<std::string> referred;
  for (const auto& [directory, node] : nodes_) {
    referred.insert(node.kustomizations.begin(), node.kustomizations.end());
    referred.insert(node.components.begin(), node.components.end());
    if (node.layer_of) {
      referred.insert(*node.layer_of);
    }
  }
  std::set<std::string> covered;
  for (const auto& [directory, node] : nodes_) {
    if (!referred.contains(directory)) {
      roots_.push_back(directory);
      cover(directory, covered);
    }
  }
  for (const auto& [directory, node] : nodes_) {
    if (!covered.contains(directory)) {
      roots_.push_back(directory);
      cover(directory, covered);
    }
  }
  std::ranges::sort(roots_);
}

void KustomizeGraph::cover(const std::string& directory, std::set<std::string>& seen,
                           std::set<std::string>* added) const {
  std::vector<std::string> next = {directory};
  while (!next.empty()) {
    const std::string at = std::move(next.back());
    next.pop_back();
    const auto node = nodes_.find(at);
    if (node != nodes_.end() && seen.insert(at).second) {
      if (added != nullptr) {
        added->insert(at);
      }
      std::ranges::copy(node->second.kustomizations, std::back_inserter(next));
      std::ranges::copy(node->second.components, std::back_inserter(next));
      if (node->second.layer_of) {
        next.push_back(*node->second.layer_of);
      }
    }
  }
}

std::set<std::string> KustomizeGraph::bases_of(const std::vector<std::string>& directories) const {
  std::set<std::string> seen;
  for (const std::string& directory : directories) {
    cover(directory, seen);
  }
  return seen;
}

void KustomizeGraph::index_users() {
  if (users_) {
    return;
  }
  users_.emplace();
  for (const auto& [directory, node] : nodes_) {
    for (const auto* references : {&node.kustomizations, &node.components}) {
      for (const std::string& base : *references) {
        users_->emplace(base, directory);
      }
    }
    if (node.layer_of) {
      users_->emplace(*node.layer_of, directory);
    }
  }
}

std::set<std::string> KustomizeGraph::users_of(const std::set<std::string>& directories) {
  index_users();
  std::set<std::string> seen;
  std::vector<std::string_view> next(directories.begin(), directories.end());
  while (!next.empty()) {
    const std::string at(next.back());
    next.pop_back();
    if (nodes_.contains(at) && seen.insert(at).second) {
      const auto [begin, end] = users_->equal_range(at);
      std::transform(begin, end, std::back_inserter(next),
                     [](const auto& user) { return user.second; });
    }
  }
  return seen;
}

const std::vector<ReachedWorkload>& KustomizeGraph::build(const std::string& directory) {
  const auto known = built_.find(directory);
  if (known != built_.end()) {
    return known->second;
  }
  std::vector<ReachedWorkload> workloads;
  accumulate(directory, workloads);
  return built_[directory] = std::move(workloads);
}

// Takes steps, which make so many bytes; false if that is too much.
bool KustomizeGraph::may_go_on(std::size_t bytes, std::size_t steps) {
  bytes_ += bytes;
  steps_ += steps;
  exhausted_ = exhausted_ || steps_ > limits_.steps || bytes_ > limits_.bytes;
  return !exhausted_ && !stop_.stop_requested();
}

bool KustomizeGraph::enter(const std::string& directory, const Node& node) {
  if (!may_go_on()) {
    return false;
  }
  if (open_.contains(directory) || open_.size() == kMaxBuildDepth) {
    obstacles_.emplace(directory,
                       SkippedItem{node.file->path, "",
                                   open_.contains(directory) ? "it is built on itself"
                                                             : "it is built on too many others"});
    return false;
  }
  open_.insert(directory);
  return true;
}

void KustomizeGraph::add_all(const std::vector<ReachedWorkload>& base,
                             std::vector<ReachedWorkload>& workloads) {
  for (const ReachedWorkload& workload : base) {
    if (!may_go_on(size_of(workload))) {
      return;
    }
    workloads.push_back(workload);
  }
}

// In kustomize's order: resources, then components, which change what is there so far, then what
// the kustomization itself changes.
void KustomizeGraph::accumulate(const std::string& directory,
                                std::vector<ReachedWorkload>& workloads) {
  const auto found = nodes_.find(directory);
  if (found == nodes_.end()) {
    return;
  }
  Node& node = found->second;
  if (!enter(directory, node)) {
    return;
  }
  for (const ManifestFile* manifest : node.manifests) {
    for (const Workload& workload : manifest->summary.workloads) {
      ReachedWorkload built = reached(*manifest, workload);
      if (!may_go_on(size_of(built))) {
        break;
      }
      workloads.push_back(std::move(built));
    }
  }
  for (const std::string& base : node.kustomizations) {
    add_all(build(base), workloads);
    if (workloads.size() > kMaxWorkloads) {
      obstacles_.emplace(directory, SkippedItem{node.file->path, base, "it builds too much"});
      workloads.clear();
    }
  }
  for (const std::string& component : node.components) {
    accumulate(component, workloads);
  }
  transform(directory, node, workloads);
  open_.erase(directory);
}

void KustomizeGraph::transform(const std::string& directory, Node& node,
                               std::vector<ReachedWorkload>& workloads) {
  const KustomizationFile& kustomization = *node.kustomization;
  for (ReachedWorkload& workload : workloads) {
    if (!may_go_on()) {
      return;
    }
    // In kustomize's order.
    patch(node, workload);
    workload.name = kustomization.name_prefix + workload.name + kustomization.name_suffix;
    if (kustomization.namespace_name) {
      workload.namespace_name = kustomization.namespace_name;
    }
    if (!kustomization.labels.empty() || !kustomization.annotations.empty()) {
      workload.labelled_by.push_back(&kustomization);
    }
    for (ReachedImage& image : workload.images) {
      transform_image(node, image);
    }
  }
  // Kubernetes would not take it; and each kustomization could make it longer.
  const auto too_long = std::erase_if(workloads, [](const ReachedWorkload& workload) {
    return workload.name.size() > kMaxNameBytes;
  });
  if (too_long > 0) {
    obstacles_.emplace(directory, SkippedItem{node.file->path, "",
                                              "it makes a name of more than " +
                                                  std::to_string(kMaxNameBytes) + " bytes"});
  }
}

}  // namespace engine
