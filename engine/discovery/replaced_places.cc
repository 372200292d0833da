#include "engine/discovery/replaced_places.h"

#include <string_view>

#include "engine/discovery/image_places.h"

namespace engine {
namespace {

// The entries of one kustomization; those of one name are one place.
void find_entries(const ManifestFile& file, const Built& built,
                  const std::map<GroupPlace, FoundGroup>& groups, std::vector<GroupPlace>& out) {
  std::map<std::string_view, bool> replaced;  // by name: all of its entries
  const std::string directory = directory_of(file.path);
  for (const ImageEntry& entry : file.facts.kustomization->images) {
    const auto group = groups.find({.file = file.path, .image_name = entry.name, .path = {}});
    if (group != groups.end() && group->second.services.empty() && group->second.guests.empty()) {
      bool& all = replaced.try_emplace(entry.name, true).first->second;
      all = all && (built.graph.replaced().contains(&entry) ||
                    built.graph.is_always_set_again(directory, entry, built.applied, built.within));
    }
  }
  for (const auto& [name, all] : replaced) {
    if (all) {
      out.push_back({.file = file.path, .image_name = std::string(name), .path = {}});
    }
  }
}

}  // namespace

std::vector<GroupPlace> replaced_places(const ManifestTree& tree, const Built& built,
                                        const std::map<GroupPlace, FoundGroup>& groups,
                                        const std::stop_token& stop) {
  std::vector<GroupPlace> out;
  for (const ManifestFile& file : tree.files()) {
    if (stop.stop_requested()) {
      break;
    }
    if (file.facts.kustomization) {
      find_entries(file, built, groups, out);
    }
    for (const HelmTag& tag : file.facts.helm_tags) {
      if (built.tags.is_always_replaced(file, tag)) {
        out.push_back(place_of_image(file, tag));
      }
    }
  }
  return out;
}

}  // namespace engine
