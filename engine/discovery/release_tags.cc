#include "engine/discovery/release_tags.h"

#include <algorithm>

namespace engine {
namespace {

// The path without what names the document.
std::string_view path_in_document(const HelmTag& tag) {
  const std::string_view path = tag.path;
  return path.substr(std::min(path.find(".spec."), path.size()));
}

template <class Map, class Key>
std::size_t count_of(const Map& map, const Key& key) {
  const auto found = map.find(key);
  return found == map.end() ? 0 : found->second;
}

}  // namespace

ReleaseTags::ReleaseTags(const ManifestTree& tree) {
  for (const ManifestFile& file : tree.files()) {
    for (const HelmTag& tag : file.summary.helm_tags) {
      tags_[{&file, tag.release, path_in_document(tag)}] = &tag;
    }
  }
}

// The tags of the release as they are without patches, by path.
ReleaseTags::Standing ReleaseTags::own_tags(const ReachedWorkload& release) const {
  Standing standing;
  const std::string_view name = release.workload->name;
  auto own = tags_.lower_bound({release.file, name, std::string_view()});
  for (; own != tags_.end() && std::get<0>(own->first) == release.file &&
         std::get<1>(own->first) == name;
       ++own) {
    standing.emplace(std::get<2>(own->first), own->second);
  }
  return standing;
}

void ReleaseTags::reach(const ReachedWorkload& release) {
  ++releases_[{release.file, release.workload->name}];
  if (release.patched.empty()) {
    return;
  }
  Standing standing = own_tags(release);
  for (const PatchedTag& patch : release.patched) {
    if (patch.tag == nullptr) {
      take_away(*patch.operation, standing);
      continue;
    }
    ++as_patches_[patch.tag];
    const HelmTag*& before = standing[path_in_document(*patch.tag)];
    if (before != nullptr && before != patch.tag) {
      ++replaced_[before];
    }
    before = patch.tag;
  }
}

// Those at or below the pointer have another value now, or none.
void ReleaseTags::take_away(const PatchOperation& operation, Standing& standing) {
  std::erase_if(standing, [&](const auto& one) {
    const std::string_view pointer = one.second->pointer;
    const std::string_view above = operation.pointer;
    const bool is_below = pointer.starts_with(above) &&
                          (pointer.size() == above.size() || pointer[above.size()] == '/');
    if (is_below) {
      ++replaced_[one.second];
    }
    return is_below;
  });
}

std::size_t ReleaseTags::reached(const ManifestFile& file, const HelmTag& tag) const {
  return count_of(releases_, Release(&file, tag.release)) + count_of(as_patches_, &tag);
}

std::size_t ReleaseTags::replaced(const HelmTag& tag) const {
  return count_of(replaced_, &tag);
}

bool ReleaseTags::is_always_replaced(const ManifestFile& file, const HelmTag& tag) const {
  const std::size_t times = reached(file, tag);
  return times > 0 && replaced(tag) >= times;
}

bool ReleaseTags::has_effect(const ManifestFile& file, const HelmTag& tag) const {
  return reached(file, tag) > replaced(tag);
}

}  // namespace engine
