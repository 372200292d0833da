#include <algorithm>
#include <unordered_set>
#include <utility>

#include "engine/manifest/image_pattern.h"
#include "engine/manifest/limits.h"
#include "engine/manifest/summary_parts.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

void read_strings(const YamlReader& yaml, Index object,
                  std::initializer_list<std::string_view> keys, std::vector<std::string>& out) {
  std::unordered_set<std::string_view> seen;
  for (const std::string_view key : keys) {
    for (const Index item : yaml.items(yaml.find(object, key))) {
      const std::string_view value = yaml.text(item).value_or("");
      // kustomize refuses to add one thing twice.
      if (!value.empty() && seen.insert(value).second) {
        out.emplace_back(value);
      }
    }
  }
}

// The labels and annotations that it gives to its objects.
void read_metadata_changes(const SummaryContext& context, Index object, KustomizationFile& file) {
  const YamlReader& yaml = context.yaml();
  file.labels = read_text_pairs(context, yaml.find(object, "commonLabels"));
  for (const Index item : yaml.items(yaml.find(object, "labels"))) {
    for (auto& pair : read_text_pairs(context, yaml.find(item, "pairs"))) {
      if (file.labels.size() < kMaxPairs) {
        file.labels.push_back(std::move(pair));
      }
    }
  }
  file.annotations = read_text_pairs(context, yaml.find(object, "commonAnnotations"));
}

// Whether a patch may set an image or a tag. Many only say how often Flux tries again.
bool sets_images(const PatchContent& content) {
  return !content.operations.empty() || !content.helm_tags.empty() ||
         std::ranges::any_of(content.workloads,
                             [](const Workload& workload) { return !workload.containers.empty(); });
}

}  // namespace

std::vector<ImageEntry> read_images(const SummaryContext& context, Index object) {
  const YamlReader& yaml = context.yaml();
  std::vector<ImageEntry> images;
  for (const Index item : yaml.items(yaml.find(object, "images"))) {
    if (!context.has_room(images.size())) {
      return {};
    }
    ImageEntry entry;
    entry.name = context.image(context.text(item, {"name"}));
    entry.new_name = unless_empty(context.image(context.text(item, {"newName"})));
    entry.new_tag = context.image(context.text(item, {"newTag"}));
    entry.sets_tag = context.text(item, {"newTag"}) || context.text(item, {"digest"});
    if (!entry.name.empty()) {
      images.push_back(std::move(entry));
    }
  }
  return images;
}

void read_kustomization_facts(const SummaryContext& context, Index object) {
  const YamlReader& yaml = context.yaml();
  KustomizationFile file;
  read_strings(yaml, object, {"resources", "bases"}, file.resources);
  read_strings(yaml, object, {"components"}, file.components);
  file.namespace_name = unless_empty(context.name(context.text(object, {"namespace"})));
  file.name_prefix = context.name(context.text(object, {"namePrefix"}));
  file.name_suffix = context.name(context.text(object, {"nameSuffix"}));
  file.images = read_images(context, object);
  file.patches = read_patches(context, object);
  read_metadata_changes(context, object, file);
  context.summary().kustomization = std::move(file);
}

FluxFields fields_patched(const ImagePatch& patch, FluxFields by_file) {
  const std::string_view kind = patch.target ? std::string_view(patch.target->kind) : "";
  const bool may_be = kind.empty() || kind.find("Kustomization") != std::string_view::npos ||
                      kind.find("GitRepository") != std::string_view::npos ||
                      has_pattern_signs(kind);
  const unsigned fields = patch.content.flux_fields | by_file;
  return may_be ? static_cast<FluxFields>(fields) : FluxFields{0};
}

std::optional<KustomizationFile> read_flux_additions(const SummaryContext& context, Index object,
                                                     FluxFields& patches) {
  const auto spec = context.yaml().find(object, "spec");
  if (!spec) {
    return std::nullopt;
  }
  KustomizationFile file;
  read_strings(context.yaml(), *spec, {"components"}, file.components);
  file.images = read_images(context, *spec);
  file.patches = read_patches(context, *spec);
  for (const ImagePatch& patch : file.patches) {
    patches = static_cast<FluxFields>(patches | fields_patched(patch, 0));
  }
  std::erase_if(file.patches, [](const ImagePatch& patch) { return !sets_images(patch.content); });
  const bool any = !file.components.empty() || !file.images.empty() || !file.patches.empty();
  return any ? std::optional(std::move(file)) : std::nullopt;
}

}  // namespace engine
