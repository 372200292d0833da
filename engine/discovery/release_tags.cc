#include "engine/discovery/release_tags.h"

#include <algorithm>

namespace engine {
namespace {

// The path without what names the document.
std::string_view path_in_release(const HelmTag& tag) {
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
    for (const HelmTag& tag : file.facts.helm_tags) {
      tags_[{&file, tag.release, path_in_release(tag)}] = &tag;
    }
  }
}

void ReleaseTags::reach(const ReachedWorkload& release) {
  ++releases_[{release.file, release.workload->name}];
  std::map<std::string_view, const HelmTag*> last;  // by path
  for (const PatchedTag& patch : release.patched) {
    ++as_patches_[patch.tag];
    const std::string_view path = path_in_release(*patch.tag);
    const auto [before, is_first] = last.try_emplace(path, nullptr);
    if (is_first) {
      const auto own = tags_.find({release.file, release.workload->name, path});
      before->second = own == tags_.end() ? nullptr : own->second;
    }
    if (before->second != nullptr && before->second != patch.tag) {
      ++replaced_[before->second];
    }
    before->second = patch.tag;
  }
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
