// What Flux adds to the kustomizations that it applies; see engine/discovery/kustomize_graph.h.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/discovery/applied_files.h"
#include "engine/discovery/kustomize_graph.h"

namespace engine {
namespace {

// Of a directory that has none.
const KustomizationFile& no_kustomization() {
  static const KustomizationFile none;
  return none;
}

}  // namespace

std::string KustomizeGraph::add_layer(std::string name, const std::string& directory,
                                      const ManifestFile& file,
                                      const KustomizationFile& additions) {
  while (nodes_.contains(name)) {
    name += "+";
  }
  Node layer;
  layer.file = &file;
  layer.kustomization = &no_kustomization();
  if (const auto inner = nodes_.find(directory); inner != nodes_.end()) {
    layer.kustomization = inner->second.kustomization;
    layer.layer_of = directory;
    layer.manifests = inner->second.manifests;
    layer.kustomizations = inner->second.kustomizations;
    layer.components = inner->second.components;
    layer.entries_ = inner->second.entries_;
    for (const ImagePatch& patch : layer.kustomization->patches) {
      add_patch(directory, layer, patch);
    }
  } else if (may_go_on()) {
    AppliedFiles applied = applied_files(tree_, directory);
    layer.manifests = std::move(applied.manifests);
    layer.kustomizations = std::move(applied.kustomizations);
  }
  const std::size_t size = layer.manifests.size() + layer.entries_.size();
  if (!may_go_on(size * sizeof(PlacedEntry), size)) {
    layer.manifests.clear();
    layer.entries_.clear();
  }
  layer.inner_components_ = layer.components.size();
  Node& node = nodes_[name] = std::move(layer);
  for (const std::string& component : additions.components) {
    add_reference(name, directory, node, component, true);
  }
  for (const ImagePatch& patch : additions.patches) {
    add_patch(directory, node, patch);
  }
  add_entries(node, file, additions);
  return name;
}

void KustomizeGraph::settle_layers() {
  roots_.clear();
  users_.reset();
  built_.clear();
  find_roots();
}

// As Flux does: an entry takes the place of one of its name.
void KustomizeGraph::add_entries(Node& node, const ManifestFile& file,
                                 const KustomizationFile& additions) {
  const std::size_t inner = node.entries_.size();
  std::map<std::string_view, std::size_t> at;  // the first of each name
  for (std::size_t i = 0; i < inner; ++i) {
    at.try_emplace(node.entries_[i].entry->name, i);
  }
  for (const ImageEntry& entry : additions.images) {
    const auto [found, is_new] = at.try_emplace(entry.name, node.entries_.size());
    if (is_new) {
      node.entries_.push_back({&entry, &file});
      continue;
    }
    PlacedEntry& placed = node.entries_[found->second];
    if (found->second < inner && placed.file != &file) {
      node.superseded_.push_back(placed.entry);
    }
    placed = {&entry, &file};
  }
}

// Whether a layer sets the tag of an entry of the kustomization that it changes, or of an image
// that this has given the name.
bool KustomizeGraph::layer_sets_tag_of(Node& layer, const ImageEntry* entry, std::string& name) {
  bool sets_tag = std::ranges::find(layer.superseded_, entry) != layer.superseded_.end();
  for (std::size_t i = layer.inner_components_; i < layer.components.size() && may_go_on(); ++i) {
    sets_tag = passes(nodes_.find(layer.components[i])->second, name, 0) || sets_tag;
  }
  for (const PlacedEntry& placed : layer.entries_) {
    if (!may_go_on()) {
      return false;
    }
    if (placed.file == layer.file && placed.entry->name == name) {
      sets_tag = sets_tag || placed.entry->sets_tag;
      name = placed.entry->new_name.value_or(name);
    }
  }
  return sets_tag;
}

}  // namespace engine
