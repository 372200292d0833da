// What the patches of a kustomization make of the images of what it builds; see
// engine/discovery/kustomize_graph.h.
#include <algorithm>
#include <optional>
#include <string_view>

#include "engine/discovery/kustomize_graph.h"

namespace engine {
namespace {

// Of a kind that kustomize does not know a patch replaces lists whole.
constexpr std::string_view kUnknownToKustomize = "Rollout";

bool is_init(std::string_view pointer) {
  return pointer.find("/initContainers/") != std::string_view::npos;
}

// What follows `above` in a pointer; nothing if the pointer leads elsewhere.
std::optional<std::string_view> below(std::string_view pointer, std::string_view above) {
  const bool is_below = !pointer.empty() && pointer.starts_with(above) &&
                        (pointer.size() == above.size() || pointer[above.size()] == '/');
  return is_below ? std::optional(pointer.substr(above.size())) : std::nullopt;
}

}  // namespace

void KustomizeGraph::patch(const Node& node, ReachedWorkload& workload) {
  if (node.targets_.empty()) {
    return;
  }
  for (const PatchTargets::Part* part : node.targets_.candidates(workload)) {
    if (!may_go_on(0, PatchTargets::cost(*part, workload))) {
      return;
    }
    if (!PatchTargets::changes(*part, workload)) {
      continue;
    }
    if (workload.workload->kind == "HelmRelease") {
      patch_release(*part, workload);
    } else if (part->object != nullptr) {
      merge_containers(*part, workload);
    } else {
      operate(*part, workload);
    }
  }
}

void KustomizeGraph::patch_release(const PatchTargets::Part& part, ReachedWorkload& release) {
  for (const HelmTag* tag : part.tags) {
    if (may_go_on(sizeof(PatchedTag))) {
      release.patched.push_back({tag, nullptr});
    }
  }
  if (part.operations != nullptr) {
    for (const PatchOperation& operation : *part.operations) {
      if (may_go_on(sizeof(PatchedTag))) {
        release.patched.push_back({nullptr, &operation});
      }
    }
  }
}

// Containers are told apart by their names; others are added.
void KustomizeGraph::merge_containers(const PatchTargets::Part& part, ReachedWorkload& workload) {
  const std::vector<ContainerImage>& containers = part.object->containers;
  if (workload.workload->kind == kUnknownToKustomize) {
    for (const bool init : {false, true}) {
      const auto is_of_list = [&](const auto& image) { return is_init(image.pointer) == init; };
      if (std::ranges::any_of(containers, is_of_list)) {
        for (ReachedImage& image : workload.images) {
          if (is_of_list(image)) {
            set_image(image, {}, nullptr, nullptr);
          }
        }
        std::erase_if(workload.images, is_of_list);
      }
    }
  }
  for (const ContainerImage& container : containers) {
    if (!may_go_on(sizeof(ReachedImage), 1 + workload.images.size())) {
      return;
    }
    auto image = std::ranges::find(workload.images, container.container, &ReachedImage::container);
    if (image == workload.images.end()) {
      ReachedImage added;
      added.container = container.container;
      added.pointer = container.pointer;
      image = workload.images.insert(image, std::move(added));
    }
    set_image(*image, container.image, &container, part.file);
  }
}

void KustomizeGraph::operate(const PatchTargets::Part& part, ReachedWorkload& workload) {
  for (const PatchOperation& operation : *part.operations) {
    if (!may_go_on(0, 1 + workload.images.size())) {
      return;
    }
    for (ReachedImage& image : workload.images) {
      const auto rest = below(image.pointer, operation.pointer);
      if (!rest) {
        continue;
      }
      const auto text = std::ranges::find(
          operation.texts, *rest, [](const auto& one) { return std::string_view(one.first); });
      const bool has_place = rest->empty() && !operation.image.path.empty();
      set_image(image, text == operation.texts.end() ? std::string_view() : text->second,
                has_place ? &operation.image : nullptr, part.file);
    }
  }
}

// `file`: that of the patch; null where it stands in a kustomization, so that it has no place.
void KustomizeGraph::set_image(ReachedImage& image, std::string_view text,
                               const ContainerImage* written, const ManifestFile* file) {
  if (image.entry != nullptr) {
    replaced_.insert(image.entry);
  }
  if (written != nullptr) {
    patched_.insert(written);
  }
  const bool has_place = written != nullptr && file != nullptr;
  if (image.former.empty()) {
    image.former = image.name;
  }
  image.entry = nullptr;
  image.file = nullptr;
  image.name = image_name(text);
  image.written = has_place ? written : nullptr;
  image.written_in = has_place ? file : nullptr;
  image.matched.clear();
}

}  // namespace engine
