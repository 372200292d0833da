#include "engine/discovery/replaced_places.h"

#include <string_view>

#include "engine/base/repository_path.h"
#include "engine/discovery/image_places.h"

namespace engine {
namespace {

constexpr const char* kSetAgain =
    "not offered: all that builds on it sets the tag again, so a rollout would change nothing";
constexpr const char* kSetBelow =
    "not offered: the entry sets no tag; an entry that it builds on does, and is offered";
constexpr const char* kRenamedBelow =
    "not offered: what it builds on gives the image another name, so the entry finds none";

// The entries of one kustomization; those of one name are one place.
void find_entries(const ManifestFile& file, const Built& built,
                  const std::map<GroupPlace, FoundGroup>& groups,
                  std::map<GroupPlace, std::string>& out) {
  std::map<std::string_view, const char*> reasons;  // by name; null where an entry has an effect
  const std::string directory = directory_of(file.path);
  for (const ImageEntry& entry : file.summary.kustomization->images) {
    const auto group = groups.find({.file = file.path, .image_name = entry.name, .path = {}});
    if (group == groups.end() || !group->second.services.empty() ||
        !group->second.secondary_workloads.empty()) {
      continue;
    }
    const bool again =
        built.graph.replaced().contains(&entry) ||
        built.graph.is_always_set_again(directory, entry, built.applied, built.within);
    const char* const reason = again                                            ? kSetAgain
                               : built.graph.renaming().contains(&entry)        ? kSetBelow
                               : built.graph.is_renamed_below(directory, entry) ? kRenamedBelow
                                                                                : nullptr;
    const auto [known, is_new] = reasons.try_emplace(entry.name, reason);
    if (!is_new && reason == nullptr) {
      known->second = nullptr;
    }
  }
  for (const auto& [name, reason] : reasons) {
    if (reason != nullptr) {
      out.emplace(GroupPlace{.file = file.path, .image_name = std::string(name), .path = {}},
                  reason);
    }
  }
}

}  // namespace

std::map<GroupPlace, std::string> replaced_places(const ManifestTree& tree, const Built& built,
                                                  const std::map<GroupPlace, FoundGroup>& groups,
                                                  const std::stop_token& stop) {
  std::map<GroupPlace, std::string> out;
  for (const ManifestFile& file : tree.files()) {
    if (stop.stop_requested()) {
      break;
    }
    if (file.summary.kustomization) {
      find_entries(file, built, groups, out);
    }
    for (const HelmTag& tag : file.summary.helm_tags) {
      if (built.tags.is_always_replaced(file, tag)) {
        out.emplace(place_of_image(file, tag), kSetAgain);
      }
    }
  }
  return out;
}

}  // namespace engine
