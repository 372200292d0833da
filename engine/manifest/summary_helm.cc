#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "engine/base/image_tag.h"
#include "engine/manifest/edit_place.h"
#include "engine/manifest/image_reference.h"
#include "engine/manifest/limits.h"
#include "engine/manifest/summary_parts.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

// More values than any chart has; a bound on what is searched.
constexpr std::size_t kMaxHelmDepth = 32;

bool is_rollout_tag(std::optional<std::string_view> tag) {
  return tag && ImageTag::parse(*tag);
}

// Whether a key says what tag an image has that is named elsewhere.
bool names_tag(std::string_view key) {
  std::string lower(key);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return lower.find("tag") != std::string::npos || lower.ends_with("version");
}

// Goes through a release's values. What is reached by an alias is written elsewhere, and found
// there.
class ValuesReader {
 public:
  ValuesReader(const SummaryContext& context, HelmTag common)
      : context_(context), yaml_(context.yaml()), common_(std::move(common)) {}

  // `pointer`: the path as a JSON pointer.
  void read(Index node, std::string_view key, const std::string& path, const std::string& pointer,
            std::size_t depth = 0) {
    if (depth > kMaxHelmDepth || yaml_.kind(node) == YamlReader::Kind::alias || is_full()) {
      return;
    }
    if (path.size() > kMaxImageBytes) {
      context_.set_problem("a path in its values has more than " + std::to_string(kMaxImageBytes) +
                           " bytes");
      return;
    }
    add_tag(node, key, path, pointer);
    const auto entries = yaml_.entries(node);
    const bool has_tag =
        std::ranges::any_of(entries, [](const auto& entry) { return names_tag(entry.first); });
    for (const auto& [child, value] : entries) {
      const std::string_view known = child.substr(0, kMaxImageBytes);
      const std::string child_path = path + "." + spelled_key(known);
      const std::string child_pointer = pointer + pointer_token(known);
      add_reference(value, known, child_path, child_pointer, has_tag);
      read(value, known, child_path, child_pointer, depth + 1);
    }
    if (yaml_.kind(node) == YamlReader::Kind::sequence) {
      const ItemNames names(yaml_, node);
      std::size_t index = 0;
      for (const Index item : yaml_.items(node)) {
        read(item, key, path + names.step(index), pointer + "/" + std::to_string(index), depth + 1);
        ++index;
      }
    }
  }

 private:
  bool is_full() const { return context_.summary().helm_tags.size() > kMaxImages; }

  // A mapping that is an image: its key says so, or it has a repository beside the tag.
  void add_tag(Index node, std::string_view key, const std::string& path,
               const std::string& pointer) {
    const auto repository = yaml_.text(yaml_.find(node, "repository"));
    const auto value = yaml_.text(yaml_.find(node, "tag"));
    if (!value || (!repository && !names_image(key))) {
      return;
    }
    HelmTag tag = common_;
    tag.repository = context_.image(repository);
    tag.registry = context_.image(yaml_.text(yaml_.find(node, "registry")));
    tag.path = path + ".tag";
    tag.pointer = pointer + "/tag";
    tag.tag = context_.image(value);
    context_.summary().helm_tags.push_back(std::move(tag));
  }

  // A string that is an image: its key says so, or its tag is that of a rollout. Without a tag it
  // is one only where no key beside it can hold the tag.
  void add_reference(Index node, std::string_view key, const std::string& path,
                     const std::string& pointer, bool tag_beside) {
    const auto value =
        yaml_.kind(node) == YamlReader::Kind::scalar ? yaml_.text(node) : std::nullopt;
    if (!value || value->size() > kMaxImageBytes || path.size() > kMaxImageBytes || is_full() ||
        !may_be_image_reference(*value)) {
      return;
    }
    const ImageReference parts = split_image_reference(*value);
    const bool is_image = names_image(key) && (parts.tag || parts.digest || !tag_beside);
    if (parts.name.empty() || (!is_image && !is_rollout_tag(parts.tag))) {
      return;
    }
    HelmTag tag = common_;
    tag.repository = parts.name;
    tag.path = path;
    tag.pointer = pointer;
    tag.tag = parts.digest ? "@" + std::string(*parts.digest) : std::string(parts.tag.value_or(""));
    tag.is_reference = true;
    context_.summary().helm_tags.push_back(std::move(tag));
  }

  const SummaryContext& context_;
  const YamlReader& yaml_;
  HelmTag common_;
};

// `spec.postRenderers[].kustomize.images`: they change what the chart has made of the values.
void mark_set_again(const SummaryContext& context, Index release, std::size_t first) {
  const YamlReader& yaml = context.yaml();
  std::set<std::string> names;
  for (const Index renderer : yaml.items(yaml.find(release, {"spec", "postRenderers"}))) {
    const auto kustomize = yaml.find(renderer, "kustomize");
    if (!kustomize || !context.has_room(std::min(names.size(), kMaxImages))) {
      continue;
    }
    for (const ImageEntry& entry : read_images(context, *kustomize)) {
      if (entry.sets_tag && !entry.name.empty()) {
        names.insert(entry.name);
      }
    }
  }
  auto& tags = context.summary().helm_tags;
  for (std::size_t i = first; i < tags.size(); ++i) {
    tags[i].is_set_again = names.contains(tags[i].repository) ||
                           names.contains(tags[i].registry + "/" + tags[i].repository);
  }
}

bool has_image_below(const YamlReader& yaml, Index node, std::size_t depth) {
  if (depth > kMaxHelmDepth || yaml.kind(node) == YamlReader::Kind::alias) {
    return false;
  }
  const auto entries = yaml.entries(node);
  const auto items = yaml.items(node);
  return std::ranges::any_of(entries,
                             [&](const auto& entry) {
                               const auto text = yaml.text(entry.second);
                               return (names_image(entry.first) && text &&
                                       text->find_first_of(":/") != std::string_view::npos) ||
                                      has_image_below(yaml, entry.second, depth + 1);
                             }) ||
         std::ranges::any_of(items,
                             [&](Index item) { return has_image_below(yaml, item, depth + 1); });
}

}  // namespace

void read_helm_facts(const SummaryContext& context, Index release, const Workload& workload,
                     const std::string& where) {
  const auto values = context.yaml().find(release, {"spec", "values"});
  if (!values) {
    return;
  }
  HelmTag common;
  common.release = workload.name;
  common.namespace_name =
      unless_empty(context.name(context.text(release, {"spec", "targetNamespace"})));
  if (!common.namespace_name) {
    common.namespace_name = workload.namespace_name;
  }
  const std::size_t first = context.summary().helm_tags.size();
  ValuesReader reader(context, std::move(common));
  reader.read(*values, "values", where + ".spec.values", "/spec/values");
  mark_set_again(context, release, first);
}

bool has_own_image(const YamlReader& yaml, Index release) {
  const auto image = yaml.find(release, {"spec", "values", "image"});
  constexpr std::array<std::string_view, 4> kSaying = {"repository", "name", "tag", "digest"};
  return image && (!yaml.text(image).value_or("").empty() ||
                   std::ranges::any_of(kSaying, [&](std::string_view key) {
                     return !yaml.text(yaml.find(*image, key)).value_or("").empty();
                   }));
}

std::size_t count_tags_in_values(const YamlReader& yaml, Index values) {
  ManifestSummary summary;
  const SummaryContext context(yaml, summary);
  ValuesReader(context, {}).read(values, "values", "", "");
  return static_cast<std::size_t>(std::ranges::count_if(
      summary.helm_tags, [](const HelmTag& tag) { return !tag.is_reference || !tag.tag.empty(); }));
}

bool has_image(const YamlReader& yaml, Index object) {
  return has_image_below(yaml, object, 0);
}

std::string spelled_key(std::string_view key) {
  const bool plain = !key.empty() && std::ranges::all_of(key, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_';
  });
  if (plain) {
    return std::string(key);
  }
  if (key.find('"') == std::string_view::npos) {
    return '"' + std::string(key) + '"';
  }
  std::string out;
  for (const char c : key) {
    out += std::string("\\") + c;
  }
  return out;
}

}  // namespace engine
