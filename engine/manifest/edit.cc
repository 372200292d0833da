#include "engine/manifest/edit.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/manifest/edit_plan.h"
#include "engine/manifest/image_reference.h"
#include "engine/text/text.h"
#include "engine/yaml/edit.h"
#include "engine/yaml/path.h"
#include "engine/yaml/text.h"

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

// More entries of one image than a person writes; each line is counted from the beginning.
constexpr std::size_t kMaxLines = 20;

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

Result<YamlSourceMap> parse_manifest(std::string_view file, std::string_view bytes,
                                     const std::stop_token& stop) {
  if (const auto program = encrypting_program(bytes)) {
    return refuse_encrypted_file(file, *program);
  }
  return YamlSourceMap::parse(file, bytes, stop);
}

// The first place whose value is changed, or else the first that is changed, or of those that have
// the tag already the first.
const PlannedTag& first_of(const std::vector<PlannedTag>& planned) {
  const auto replaced = std::ranges::find_if(
      planned, [](const PlannedTag& next) { return next.change && next.previous; });
  if (replaced != planned.end()) {
    return *replaced;
  }
  const auto changed =
      std::ranges::find_if(planned, [](const PlannedTag& next) { return next.change.has_value(); });
  return changed == planned.end() ? planned.front() : *changed;
}

// What is replaced beside the first value, each once.
std::vector<std::string> also_replaced(const TagLocation& place,
                                       const std::vector<PlannedTag>& planned) {
  std::vector<std::string> values;
  for (const PlannedTag& next : planned) {
    const bool is_other =
        next.change && next.previous && next.previous != first_of(planned).previous;
    auto value = is_other ? shown_previous(place, next.previous) : std::nullopt;
    if (value && std::ranges::find(values, *value) == values.end()) {
      values.push_back(std::move(*value));
    }
  }
  return values;
}

bool is_too_much(const YamlSourceMap& stream, std::size_t places) {
  return places > 1 && places * stream.nodes().size() > kMaxSearched;
}

Failure too_much(std::size_t places) {
  return fail(Code::bad_manifest,
              "the file is too large for its " + std::to_string(places) + " images");
}

// Refuses several entries that do not agree: it is not certain which one counts.
Result<PlacedImage> placed_image(std::string_view file, const YamlSourceMap& stream,
                                 const TagLocation& place) {
  auto planned = plan(file, stream, place, std::string(kAnyTag));
  RETURN_IF_FAILED(planned);
  const auto image_of = [&](const PlannedTag& next) {
    return PlacedImage{shown_previous(place, next.previous), next.image};
  };
  PlacedImage image = image_of(planned->front());
  for (const PlannedTag& next : *planned) {
    if (image_of(next) != image) {
      return stream.refuse(
          Code::bad_manifest, next.offset,
          "several entries of '" + shown(place.image_name) + "' set different tags or names",
          "Make them agree, or remove all but one.");
    }
  }
  return image;
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

namespace {

Result<ManifestEdit> set_tag(std::string_view file, std::string_view bytes,
                             const TagLocation& place, const std::string& tag,
                             const std::stop_token& stop) {
  auto stream = parse_manifest(file, bytes, stop);
  RETURN_IF_FAILED(stream);
  auto planned = plan(file, *stream, place, tag);
  RETURN_IF_FAILED(planned);
  std::vector<YamlChange> changes;
  std::vector<std::string> warnings;
  std::vector<std::size_t> lines;
  for (const PlannedTag& next : *planned) {
    if (lines.size() < kMaxLines) {
      lines.push_back(line_at(bytes, next.offset));
    }
    if (next.change) {
      changes.push_back(*next.change);
      if (next.warning && std::ranges::find(warnings, *next.warning) == warnings.end()) {
        warnings.push_back(*next.warning);
      }
    }
  }
  const bool changed = !changes.empty();
  auto edited = changed ? change_yaml(*stream, std::move(changes)) : Result<std::string>(bytes);
  RETURN_IF_FAILED(edited);
  return ManifestEdit{
      std::move(*edited),  changed,          shown_previous(place, first_of(*planned).previous),
      std::move(warnings), std::move(lines), also_replaced(place, *planned)};
}

}  // namespace

Result<ManifestEdit> set_image_tag(std::string_view file, std::string_view bytes,
                                   const TagLocation& place, const WritableTag& tag,
                                   const std::stop_token& stop) {
  return set_tag(file, bytes, place, tag.text(), stop);
}

Result<std::string> repeat_image_tag(std::string_view file, std::string_view before,
                                     std::string_view after, const TagLocation& place,
                                     const std::stop_token& stop) {
  auto stream = parse_manifest(file, after, stop);
  RETURN_IF_FAILED(stream);
  auto planned = plan(file, *stream, place, std::string(kAnyTag));
  RETURN_IF_FAILED(planned);
  const auto& tag = planned->front().previous;
  if (!tag) {
    return fail(Code::image_not_found, std::string(file) + ": no tag is set there");
  }
  auto edit = set_tag(file, before, place, *tag, stop);
  RETURN_IF_FAILED(edit);
  return std::move(edit->bytes);
}

std::optional<std::string> tag_to_replace(std::string_view file, std::string_view bytes,
                                          const TagLocation& place, const WritableTag& tag) {
  const auto stream = parse_manifest(file, bytes, {});
  const auto planned = stream ? plan(file, *stream, place, tag.text())
                              : Result<std::vector<PlannedTag>>(Failure(stream.error()));
  return planned ? shown_previous(place, first_of(*planned).previous) : std::nullopt;
}

Result<std::optional<std::string>> read_image_tag(std::string_view file, std::string_view bytes,
                                                  const TagLocation& place,
                                                  const std::stop_token& stop) {
  auto stream = parse_manifest(file, bytes, stop);
  RETURN_IF_FAILED(stream);
  auto planned = plan(file, *stream, place, std::string(kAnyTag));
  RETURN_IF_FAILED(planned);
  return shown_previous(place, planned->front().previous);
}

Result<PlacedImage> read_placed_image(std::string_view file, std::string_view bytes,
                                      const TagLocation& place, const std::stop_token& stop) {
  const auto its_place = [&](std::size_t) -> const TagLocation& { return place; };
  return std::move(read_placed_images(file, bytes, 1, its_place, stop).front());
}

std::vector<Result<PlacedImage>> read_placed_images(
    std::string_view file, std::string_view bytes, std::size_t count,
    const std::function<const TagLocation&(std::size_t)>& place, const std::stop_token& stop) {
  std::vector<Result<PlacedImage>> images;
  auto stream = parse_manifest(file, bytes, stop);
  if (!stream) {
    return {count, Failure(stream.error())};
  }
  if (is_too_much(*stream, count)) {
    return {count, too_much(count)};
  }
  images.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    images.push_back(stop.stop_requested() ? fail(Code::cancelled, "The request was cancelled.")
                                           : placed_image(file, *stream, place(i)));
  }
  return images;
}

std::vector<std::optional<Error>> check_tag_places(std::string_view file, std::string_view bytes,
                                                   const std::vector<TagLocation>& places,
                                                   const std::stop_token& stop) {
  const auto stream = parse_manifest(file, bytes, stop);
  return stream ? check_tag_places(file, *stream, places, stop)
                : std::vector<std::optional<Error>>(places.size(), stream.error());
}

std::vector<std::optional<Error>> check_tag_places(std::string_view file,
                                                   const YamlSourceMap& stream,
                                                   const std::vector<TagLocation>& places,
                                                   const std::stop_token& stop) {
  if (is_too_much(stream, places.size())) {
    return {places.size(), too_much(places.size()).value()};
  }
  std::vector<std::optional<Error>> errors;
  errors.reserve(places.size());
  for (const TagLocation& place : places) {
    if (stop.stop_requested()) {
      errors.emplace_back(Error{Code::cancelled, "The request was cancelled."});
      continue;
    }
    auto planned = plan(file, stream, place, std::string(kAnyTag));
    errors.push_back(planned ? std::nullopt : std::optional(planned.error()));
  }
  return errors;
}

}  // namespace engine
