// The patches of kustomizations: strategic merges and JSON patches, in files or in place.
#include <algorithm>
#include <string>
#include <utility>

#include "engine/manifest/edit_place.h"
#include "engine/manifest/limits.h"
#include "engine/manifest/summary_parts.h"
#include "json/reader.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

// More levels than a container has above its image.
constexpr std::size_t kMaxDepth = 8;
// More images than one operation puts anywhere.
constexpr std::size_t kMaxTexts = 100;

// Whether what stands at the pointer may be an image, a tag, or hold one, or is the path of a Flux
// Kustomization.
bool may_matter(std::string_view pointer) {
  if (pointer.starts_with("/spec/values") || pointer.empty() || pointer == "/spec/path") {
    return true;
  }
  const std::string_view last = pointer.substr(pointer.rfind('/') + 1);
  const bool is_index =
      !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
  return is_index || last == "spec" || last == "template" || last == "jobTemplate" ||
         last == "containers" || last == "initContainers" || last == "image";
}

// An item that is put between others takes nobody's place.
bool inserts(std::string_view op, std::string_view pointer) {
  const std::string_view last =
      pointer.substr(std::min(pointer.rfind('/'), pointer.size() - 1) + 1);
  return op == "add" && !last.empty() &&
         (last == "-" || last.find_first_not_of("0123456789") == std::string_view::npos);
}

// The texts below a value whose keys say that they are images or tags.
void read_texts(const SummaryContext& context, Index value, const std::string& pointer,
                std::size_t depth, TextPairs& out) {
  const YamlReader& yaml = context.yaml();
  if (depth > kMaxDepth || out.size() >= kMaxTexts) {
    return;
  }
  for (const auto& [key, child] : yaml.entries(value)) {
    const std::string_view known = key.substr(0, kMaxNameBytes);
    const auto text = yaml.text(child);
    if (text && text->size() <= kMaxImageBytes && (names_image(known) || known == "tag")) {
      out.emplace_back(pointer + pointer_token(known), *text);
    } else if (!text) {
      read_texts(context, child, pointer + pointer_token(known), depth + 1, out);
    }
  }
  std::size_t index = 0;
  for (const Index item : yaml.items(value)) {
    read_texts(context, item, pointer + "/" + std::to_string(index++), depth + 1, out);
  }
}

// A patch that stands in the kustomization, as text. What cannot be read patches nothing: kustomize
// would refuse it.
PatchContent read_inline_patch(std::string_view text) {
  const auto yaml = YamlReader::parse(text);
  if (!yaml || yaml->is_explosive()) {
    return {};
  }
  ManifestSummary summary;
  const SummaryContext inner(*yaml, summary);
  PatchContent content;
  for (const Index document : yaml->documents()) {
    read_operations(inner, document, false, content.operations);
    content.flux_fields =
        static_cast<FluxFields>(content.flux_fields | fields_patched(*yaml, document));
    const std::string_view api = inner.text(document, {"apiVersion"}).value_or("");
    const std::string_view kind = inner.text(document, {"kind"}).value_or("");
    if (is_workload_kind(api, kind) || kind == "HelmRelease") {
      read_workload_facts(inner, document, kind, "");
    } else if (is_flux_api(api) && kind == "Kustomization") {
      std::string path = inner.image(inner.text(document, {"spec", "path"}));
      if (!path.empty()) {
        content.flux_paths.emplace_back(inner.name(inner.text(document, {"metadata", "name"})),
                                        std::move(path));
      }
    }
  }
  if (summary.helm_tags.size() <= kMaxImages) {
    content.helm_tags = std::move(summary.helm_tags);
  }
  content.workloads = std::move(summary.workloads);
  return content;
}

std::optional<PatchTarget> read_target(const SummaryContext& context, Index patch) {
  const auto target = context.yaml().find(patch, "target");
  if (!target) {
    return std::nullopt;
  }
  const auto name = [&](std::string_view key) {
    return context.name(context.text(*target, {key}));
  };
  return PatchTarget{name("kind"), name("name"), name("namespace"), name("labelSelector"),
                     name("annotationSelector")};
}

}  // namespace

std::string pointer_token(std::string_view key) {
  return "/" + json::escaped(key);
}

TextPairs read_text_pairs(const SummaryContext& context, std::optional<Index> mapping) {
  TextPairs pairs;
  for (const auto& [key, value] : context.yaml().entries(mapping)) {
    const auto text = context.yaml().text(value);
    if (text && key.size() <= kMaxNameBytes && text->size() <= kMaxNameBytes &&
        pairs.size() < kMaxPairs) {
      pairs.emplace_back(key, *text);
    }
  }
  return pairs;
}

void read_operations(const SummaryContext& context, Index document, bool is_file,
                     std::vector<PatchOperation>& out) {
  const YamlReader& yaml = context.yaml();
  std::size_t index = 0;
  std::size_t texts = 0;
  for (const Index item : yaml.items(document)) {
    const std::string where = "[" + std::to_string(index++) + "].value";
    const std::string_view op = context.text(item, {"op"}).value_or("");
    const auto path = context.text(item, {"path"});
    if (op.empty() || op == "test" || !path || path->size() > kMaxImageBytes ||
        !may_matter(*path) || inserts(op, *path)) {
      continue;
    }
    if (!context.has_room(std::min(out.size() + texts, kMaxImages))) {
      return;
    }
    PatchOperation operation{std::string(*path)};
    const auto value = op == "add" || op == "replace" ? yaml.find(item, "value") : std::nullopt;
    const auto text = yaml.text(value);
    if (text && text->size() <= kMaxImageBytes) {
      operation.texts.emplace_back("", *text);
      if (is_file && path->ends_with("/image")) {
        operation.image = {"", std::string(*text), where};
      }
    } else if (value) {
      read_texts(context, *value, "", 0, operation.texts);
    }
    texts += operation.texts.size();
    out.push_back(std::move(operation));
  }
}

// `patchesStrategicMerge`, `patches` and `patchesJson6902`: objects with `path` or `patch`, files,
// or texts.
std::vector<ImagePatch> read_patches(const SummaryContext& context, Index object) {
  const YamlReader& yaml = context.yaml();
  std::vector<ImagePatch> out;
  for (const std::string_view key : {"patchesStrategicMerge", "patches", "patchesJson6902"}) {
    for (const Index item : yaml.items(yaml.find(object, key))) {
      if (!context.has_room(out.size())) {
        return out;
      }
      ImagePatch patch{"", read_target(context, item)};
      const auto text = yaml.text(item);
      const bool is_inline = text && text->find('\n') != std::string_view::npos;
      const auto content = is_inline ? text : context.text(item, {"patch"});
      const auto file = is_inline ? std::nullopt : text ? text : context.text(item, {"path"});
      if (content && !context.has_room_for(content->size())) {
        return out;
      }
      if (content) {
        patch.content = read_inline_patch(*content);
        out.push_back(std::move(patch));
      } else if (file && file->size() <= kMaxImageBytes) {
        patch.file = *file;
        out.push_back(std::move(patch));
      }
    }
  }
  return out;
}

}  // namespace engine
