#include "engine/kustomize_graph.h"

#include <algorithm>
#include <iterator>

namespace engine {
namespace {

// More than any kustomization builds; bases that multiply each other end here.
constexpr std::size_t kMaxWorkloads = 20'000;
constexpr std::size_t kMaxDepth = 100;

// By the forms that kustomize takes for a repository rather than a path.
bool is_remote(std::string_view reference) {
  return reference.find("://") != std::string_view::npos || reference.starts_with("git@") ||
         reference.starts_with("git::") || reference.starts_with("github.com/") ||
         reference.find("?ref=") != std::string_view::npos;
}

void transform_image(const ManifestFile& file, ReachedImage& image) {
  for (const ImageEntry& entry : file.facts.kustomization->images) {
    if (image.name != entry.name) {
      continue;
    }
    // An outer entry decides, unless it leaves the tag as an inner one has set it.
    if (image.entry == nullptr || entry.sets_tag || !image.entry->sets_tag) {
      image.entry = &entry;
      image.file = &file;
    }
    if (entry.new_name) {
      image.name = *entry.new_name;
    }
  }
}

void transform(const ManifestFile& file, std::vector<ReachedWorkload>& workloads) {
  const KustomizationFile& kustomization = *file.facts.kustomization;
  for (ReachedWorkload& workload : workloads) {
    workload.name = kustomization.name_prefix + workload.name + kustomization.name_suffix;
    if (kustomization.namespace_name) {
      workload.namespace_name = kustomization.namespace_name;
    }
    for (ReachedImage& image : workload.images) {
      transform_image(file, image);
    }
  }
}

ReachedWorkload reached(const ManifestFile& file, const Workload& workload) {
  ReachedWorkload out{&workload, &file, workload.name, workload.namespace_name, {}};
  for (const ContainerImage& container : workload.containers) {
    out.images.push_back(
        {container.container, std::string(image_name(container.image)), nullptr, nullptr});
  }
  return out;
}

}  // namespace

std::string_view image_name(std::string_view image) {
  image = image.substr(0, image.find('@'));
  const auto slash = image.rfind('/');
  const auto colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  return image.substr(0, colon);
}

KustomizeGraph::KustomizeGraph(const ManifestTree& tree) : tree_(tree) {
  for (const ManifestFile& file : tree.files()) {
    if (file.facts.kustomization) {
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
  for (const std::string& resource : file.facts.kustomization->resources) {
    add_reference(directory, node, resource, false);
  }
  for (const std::string& component : file.facts.kustomization->components) {
    add_reference(directory, node, component, true);
  }
}

void KustomizeGraph::add_reference(const std::string& directory, Node& node,
                                   const std::string& reference, bool component) {
  const auto obstacle = [&](std::string reason) {
    obstacles_.emplace(directory, Unplaced{node.file->path, reference, std::move(reason)});
  };
  const auto path = resolve_path(directory, reference);
  const ManifestFile* file = path ? tree_.find(*path) : nullptr;
  if (file != nullptr && file->kind != TreeEntryKind::file) {
    obstacle(file->kind == TreeEntryKind::submodule ? "it is a submodule"
                                                    : "it is a symbolic link");
  } else if (file != nullptr && file->facts.problem) {
    obstacle(*file->facts.problem);
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
  }
  std::set<std::string> covered;
  for (const auto& [directory, node] : nodes_) {
    if (!referred.contains(directory)) {
      roots_.push_back(directory);
      covered.merge(closure(directory));
    }
  }
  for (const auto& [directory, node] : nodes_) {
    if (!covered.contains(directory)) {
      roots_.push_back(directory);
      covered.merge(closure(directory));
    }
  }
  std::ranges::sort(roots_);
}

std::set<std::string> KustomizeGraph::closure(const std::string& directory) const {
  std::set<std::string> seen;
  std::vector<std::string> next = {directory};
  while (!next.empty()) {
    const std::string at = std::move(next.back());
    next.pop_back();
    const auto node = nodes_.find(at);
    if (node != nodes_.end() && seen.insert(at).second) {
      std::ranges::copy(node->second.kustomizations, std::back_inserter(next));
      std::ranges::copy(node->second.components, std::back_inserter(next));
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

// In kustomize's order: resources, then components, which change what is there so far, then what
// the kustomization itself changes.
void KustomizeGraph::accumulate(const std::string& directory,
                                std::vector<ReachedWorkload>& workloads) {
  const auto found = nodes_.find(directory);
  if (found == nodes_.end()) {
    return;
  }
  const Node& node = found->second;
  if (open_.contains(directory) || open_.size() == kMaxDepth) {
    obstacles_.emplace(directory,
                       Unplaced{node.file->path, "",
                                open_.contains(directory) ? "it is built on itself"
                                                          : "it is built on too many others"});
    return;
  }
  open_.insert(directory);
  for (const ManifestFile* manifest : node.manifests) {
    for (const Workload& workload : manifest->facts.workloads) {
      workloads.push_back(reached(*manifest, workload));
    }
  }
  for (const std::string& base : node.kustomizations) {
    std::ranges::copy(build(base), std::back_inserter(workloads));
    if (workloads.size() > kMaxWorkloads) {
      obstacles_.emplace(directory, Unplaced{node.file->path, base, "it builds too much"});
      workloads.clear();
    }
  }
  for (const std::string& component : node.components) {
    accumulate(component, workloads);
  }
  transform(*node.file, workloads);
  open_.erase(directory);
}

}  // namespace engine
