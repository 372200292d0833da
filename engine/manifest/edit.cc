#include "engine/manifest/edit.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/manifest/edit_plan.h"
#include "engine/manifest/image_reference.h"
#include "engine/text/text.h"
#include "engine/yaml/edit.h"
#include "engine/yaml/parse.h"
#include "engine/yaml/path.h"

namespace engine {
namespace {

using Planner = Result<std::vector<PlannedTag>> (*)(const YamlSourceMap&, const TagLocation&,
                                                    const std::string& tag);

// How each type of image group is edited.
struct PlaceType {
  std::string_view name;
  Planner plan;
};

constexpr std::array<PlaceType, 3> kTypes = {{
    {"kustomize-images", plan_kustomize_images},
    {"helm-values", plan_helm_values},
    {"image-reference", plan_image_reference},
}};

const PlaceType* find_type(std::string_view name) {
  const auto* const type = std::ranges::find(kTypes, name, &PlaceType::name);
  return type == kTypes.end() ? nullptr : type;
}

// Stands for the tag where only the place matters.
constexpr std::string_view kAnyTag = "pr-1-0000000";

// Places times nodes: takes a second or so.
constexpr std::size_t kMaxSearched = 20'000'000;

// The value as it may be shown: by hand, a path may lead to something else than a tag.
std::optional<std::string> shown_previous(const TagLocation& place,
                                          const std::optional<std::string>& previous) {
  const auto is_told = [](const std::string& text) {
    return named(text) == "'" + text + "'" || digest_of_tag(text).has_value() ||
           (text.starts_with("${") && text.ends_with('}'));
  };
  return !place.by_hand || !previous || is_told(*previous) ? previous
                                                           : std::optional(named(*previous));
}

Result<std::vector<PlannedTag>> plan(std::string_view file, const YamlSourceMap& stream,
                                     const TagLocation& place, const std::string& tag) {
  RETURN_IF_FAILED(check_tag_place(file, place));
  if (auto encrypted = refuse_sops(stream)) {
    return std::move(*encrypted);
  }
  if (!place.by_hand) {
    return find_type(place.type)->plan(stream, place, tag);
  }
  auto decided = place_by_file(file, stream, place);
  return decided ? find_type(decided->type)->plan(stream, *decided, tag) : failure_of(decided);
}

}  // namespace

Result<void> check_tag_place(std::string_view file, const TagLocation& place) {
  const PlaceType* const type = find_type(place.type);
  if (!place.by_hand && type == nullptr) {
    std::string known;
    for (const PlaceType& next : kTypes) {
      known += (known.empty() ? "" : ", ") + std::string(next.name);
    }
    return fail(
        Code::unsupported_type,
        std::string(file) + ": image groups of type " + named(place.type) + " cannot be edited",
        "The types that are known: " + known + ".");
  }
  const bool is_reference = !place.by_hand && type->plan == plan_image_reference;
  if (is_reference && !place.path) {
    return fail(Code::bad_path,
                std::string(file) + ": the image group of '" + shown(place.image_name) +
                    "' is of type image-reference, and has no `path`",
                "Set `path` to where in the file the reference is, as in "
                ".spec.template.spec.containers[0].image.");
  }
  const bool has_path = place.by_hand || type->plan != plan_kustomize_images;
  if (has_path && place.path) {
    RETURN_IF_FAILED(YamlPath::parse(*place.path));
  }
  return {};
}

Result<ManifestEdit> set_image_tag(std::string_view file, std::string_view bytes,
                                   const TagLocation& place, const ImageTag& tag,
                                   const std::stop_token& stop) {
  if (const auto program = encrypting_program(bytes)) {
    return refuse_encrypted_file(file, *program);
  }
  auto stream = parse_yaml(file, bytes, stop);
  RETURN_IF_FAILED(stream);
  auto planned = plan(file, *stream, place, tag.text());
  RETURN_IF_FAILED(planned);
  std::vector<YamlChange> changes;
  std::vector<std::string> warnings;
  const PlannedTag* first = &planned->front();
  for (const PlannedTag& next : *planned) {
    if (next.change) {
      first = changes.empty() ? &next : first;
      changes.push_back(*next.change);
      if (next.warning && std::ranges::find(warnings, *next.warning) == warnings.end()) {
        warnings.push_back(*next.warning);
      }
    }
  }
  const bool changed = !changes.empty();
  auto edited = changed ? change_yaml(*stream, std::move(changes)) : Result<std::string>(bytes);
  RETURN_IF_FAILED(edited);
  return ManifestEdit{std::move(*edited), changed, shown_previous(place, first->previous),
                      std::move(warnings)};
}

std::vector<std::optional<Error>> check_tag_places(std::string_view file, std::string_view bytes,
                                                   const std::vector<TagLocation>& places,
                                                   const std::stop_token& stop) {
  if (const auto program = encrypting_program(bytes)) {
    return {places.size(), refuse_encrypted_file(file, *program).value()};
  }
  auto stream = parse_yaml(file, bytes, stop);
  if (!stream) {
    return {places.size(), stream.error()};
  }
  if (places.size() > 1 && places.size() * stream->nodes().size() > kMaxSearched) {
    return {places.size(),
            Error{Code::bad_manifest,
                  "the file is too large for its " + std::to_string(places.size()) + " images"}};
  }
  std::vector<std::optional<Error>> errors;
  errors.reserve(places.size());
  for (const TagLocation& place : places) {
    if (stop.stop_requested()) {
      errors.emplace_back(Error{Code::cancelled, "The request was cancelled."});
      continue;
    }
    auto planned = plan(file, *stream, place, std::string(kAnyTag));
    errors.push_back(planned ? std::nullopt : std::optional(planned.error()));
  }
  return errors;
}

}  // namespace engine
