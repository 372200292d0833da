#include "engine/discovery/own_images.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/image_tag.h"
#include "engine/manifest/image_reference.h"

namespace engine {

OwnImages::OwnImages(const ManifestTree& tree, std::vector<std::string> prefixes)
    : prefixes_(std::move(prefixes)) {
  if (has_prefixes()) {
    return;
  }
  for (const ManifestFile& file : tree.files()) {
    for (const Workload& workload : file.summary.workloads) {
      for (const ContainerImage& container : workload.containers) {
        const ImageReference image = split_image_reference(container.image);
        if (image.tag && ImageTag::parse(*image.tag)) {
          rolled_out_.emplace(image.name);
        }
      }
    }
    for (const HelmTag& tag : file.summary.helm_tags) {
      if (ImageTag::parse(tag.tag)) {
        std::ranges::copy(names_of(tag), std::inserter(rolled_out_, rolled_out_.end()));
      }
    }
    if (file.summary.kustomization) {
      for (const ImageEntry& entry : file.summary.kustomization->images) {
        if (ImageTag::parse(entry.new_tag)) {
          rolled_out_.insert(entry.name);
          rolled_out_.insert(entry.new_name.value_or(entry.name));
        }
      }
    }
  }
}

bool OwnImages::is_own(std::string_view name) const {
  return std::ranges::any_of(prefixes_,
                             [&](const std::string& prefix) { return name.starts_with(prefix); }) ||
         rolled_out_.contains(name);
}

bool OwnImages::may_offer(std::initializer_list<std::string_view> names) const {
  return !has_prefixes() ||
         std::ranges::any_of(names, [&](std::string_view name) { return is_own(name); });
}

std::vector<std::string> prefixes_without_images(const ManifestTree& tree,
                                                 const std::vector<std::string>& prefixes) {
  if (prefixes.empty()) {
    return {};
  }
  std::set<std::string, std::less<>> names;
  for (const ManifestFile& file : tree.files()) {
    for (const Workload& workload : file.summary.workloads) {
      for (const ContainerImage& container : workload.containers) {
        names.emplace(split_image_reference(container.image).name);
      }
    }
    for (const PatchOperation& operation : file.summary.operations) {
      names.emplace(split_image_reference(operation.image.image).name);
    }
    for (const HelmTag& tag : file.summary.helm_tags) {
      std::ranges::copy(names_of(tag), std::inserter(names, names.end()));
    }
    if (file.summary.kustomization) {
      for (const ImageEntry& entry : file.summary.kustomization->images) {
        names.insert(entry.name);
        names.insert(entry.new_name.value_or(""));
      }
    }
  }
  std::vector<std::string> unused;
  std::ranges::copy_if(prefixes, std::back_inserter(unused), [&](const std::string& prefix) {
    const auto first = names.lower_bound(prefix);
    return first == names.end() || !first->starts_with(prefix);
  });
  return unused;
}

std::vector<std::string> names_of(const HelmTag& tag) {
  std::vector<std::string> names;
  if (!tag.repository.empty()) {
    names.push_back(tag.repository);
    if (!tag.registry.empty()) {
      names.push_back(tag.registry + "/" + tag.repository);
    }
  }
  return names;
}

}  // namespace engine
