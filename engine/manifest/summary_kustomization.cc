#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "engine/manifest/limits.h"
#include "engine/manifest/summary_parts.h"

namespace engine {
namespace {

using Index = ManifestYaml::Index;

void read_strings(const ManifestYaml& yaml, Index object,
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

// A plain tag, or a plain name with a port at most: no regular expression, nothing encrypted, and
// neither tag nor digest after a name.
bool is_word(std::optional<std::string_view> text) {
  if (!text || text->find_first_of("*+?[]()|^${}\\@; ") != std::string_view::npos) {
    return false;
  }
  const std::size_t colon = text->rfind(':');
  return colon == std::string_view::npos || text->find('/', colon) != std::string_view::npos;
}

bool is_simple_image(const ManifestYaml& yaml, Index entry) {
  constexpr std::array<std::string_view, 3> kKnown = {"name", "newName", "newTag"};
  std::array<int, kKnown.size()> seen{};
  for (const auto& [key, value] : yaml.entries(entry)) {
    const auto* const known = std::ranges::find(kKnown, key);
    if (known == kKnown.end() || !yaml.is_beside_key(value) || !is_word(yaml.text(value)) ||
        ++seen.at(static_cast<std::size_t>(known - kKnown.begin())) > 1) {
      return false;
    }
  }
  return seen.front() == 1;
}

// Only entries of `name`, `newName` and `newTag`, each once and on a line of its own, and nothing
// encrypted.
bool are_simple_images(const ManifestYaml& yaml, Index object) {
  std::vector<std::string_view> keys;
  for (const auto& [key, value] : yaml.entries(object)) {
    keys.push_back(key);
  }
  const auto images = yaml.find(object, "images");
  return images && yaml.kind(*images) == ManifestYaml::Kind::sequence &&
         std::ranges::count(keys, "images") == 1 && std::ranges::count(keys, "<<") == 0 &&
         std::ranges::count(keys, "sops") == 0 &&
         std::ranges::all_of(yaml.items(images),
                             [&](Index entry) { return is_simple_image(yaml, entry); });
}

// A patch that stands in the kustomization, as text. What cannot be read patches nothing: kustomize
// would refuse it.
void read_inline_patch(const FactsContext& context, std::string_view text, const ImagePatch& target,
                       std::vector<ImagePatch>& out) {
  const auto yaml = ManifestYaml::parse(text);
  if (!yaml || yaml->is_explosive()) {
    return;
  }
  ManifestFacts facts;
  const FactsContext inner(*yaml, facts);
  for (const Index document : yaml->documents()) {
    if (is_patch_of_images(*yaml, document)) {
      out.push_back(target);
    }
    const std::string_view kind = inner.text(document, {"kind"}).value_or("");
    if (is_workload_kind(inner.text(document, {"apiVersion"}).value_or(""), kind)) {
      read_workload_facts(inner, document, kind, "");
    }
  }
  for (const Workload& workload : facts.workloads) {
    for (const ContainerImage& container : workload.containers) {
      if (context.has_room(out.size())) {
        out.push_back({"", target.kind.empty() ? workload.kind : target.kind,
                       target.name.empty() ? workload.name : target.name, container.container});
      }
    }
  }
}

// `patches`, `patchesStrategicMerge` and `patchesJson6902`: objects with `path` or `patch`, files,
// or texts.
void read_patches(const FactsContext& context, Index object, std::vector<ImagePatch>& out) {
  const ManifestYaml& yaml = context.yaml();
  for (const std::string_view key : {"patches", "patchesStrategicMerge", "patchesJson6902"}) {
    for (const Index item : yaml.items(yaml.find(object, key))) {
      if (!context.has_room(out.size())) {
        return;
      }
      ImagePatch patch{"", context.name(context.text(item, {"target", "kind"})),
                       context.name(context.text(item, {"target", "name"}))};
      const auto text = yaml.text(item);
      const bool is_inline = text && text->find('\n') != std::string_view::npos;
      const auto content = is_inline ? text : context.text(item, {"patch"});
      const auto file = is_inline ? std::nullopt : text ? text : context.text(item, {"path"});
      if (content) {
        read_inline_patch(context, *content, patch, out);
      } else if (file && file->size() <= kMaxImageBytes) {
        patch.file = *file;
        out.push_back(std::move(patch));
      }
    }
  }
}

}  // namespace

bool is_patch_of_images(const ManifestYaml& yaml, Index document) {
  return std::ranges::any_of(yaml.items(document), [&](Index operation) {
    return yaml.find(operation, "op") &&
           yaml.text(yaml.find(operation, "path")).value_or("").ends_with("/image");
  });
}

bool read_kustomization_facts(const FactsContext& context, Index object) {
  const ManifestYaml& yaml = context.yaml();
  KustomizationFile file;
  read_strings(yaml, object, {"resources", "bases"}, file.resources);
  read_strings(yaml, object, {"components"}, file.components);
  file.namespace_name = unless_empty(context.name(context.text(object, {"namespace"})));
  file.name_prefix = context.name(context.text(object, {"namePrefix"}));
  file.name_suffix = context.name(context.text(object, {"nameSuffix"}));
  for (const Index item : yaml.items(yaml.find(object, "images"))) {
    if (!context.has_room(file.images.size())) {
      file.images.clear();
      break;
    }
    ImageEntry entry;
    entry.name = context.image(context.text(item, {"name"}));
    entry.new_name = unless_empty(context.image(context.text(item, {"newName"})));
    entry.new_tag = context.image(context.text(item, {"newTag"}));
    entry.sets_tag = context.text(item, {"newTag"}) || context.text(item, {"digest"});
    if (!entry.name.empty()) {
      file.images.push_back(std::move(entry));
    }
  }
  read_patches(context, object, file.patches);
  context.facts().kustomization = std::move(file);
  return yaml.is_simple() && are_simple_images(yaml, object);
}

}  // namespace engine
