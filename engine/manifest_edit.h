// Sets the tag of an image in a manifest and changes no other byte (CONTRACT section 5): located by
// parsing, spliced into the bytes, parsed again and accepted only if exactly that value differs.
// Pure functions on text, for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/image_tag.h"
#include "engine/result.h"

namespace engine {

// CONTRACT section 5: larger files are refused.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{4} << 20U;

// Where the tag stands: the part of a catalog's image group that says so.
struct TagPlace {
  std::string type = "kustomize-images";  // or "helm-values"; another is `unsupported_type`
  std::string image_name;                 // kustomize: images[].name, compared whole
  std::optional<std::string> path;  // helm-values: where in the document, see engine/yaml_path.h
};

struct ManifestEdit {
  std::string bytes;     // the whole file afterwards
  bool changed = false;  // false: every place had the tag already, bytes are those given
  std::optional<std::string>
      previous_tag;  // the first place's value that was replaced (or, unchanged, that is there)
};

// `bytes` of `file` (a name for messages) with the image's tag set. Refused with `bad_manifest`,
// `image_not_found`, `digest_pinned` or `unsupported_type`, each with file and, where there is one,
// line; with `bad_path` if `path` cannot be read; `internal` if the result could not be proven;
// `cancelled` soon after `stop` was requested.
Result<ManifestEdit> set_image_tag(std::string_view file, std::string_view bytes,
                                   const TagPlace& place, const ImageTag& tag,
                                   const std::stop_token& stop = {});

// What is wrong with the place whatever the file holds: `unsupported_type`, or `bad_path` if `path`
// cannot be read. `file` is a name for messages.
Result<void> check_tag_place(std::string_view file, const TagPlace& place);

// For each of several places in one file why set_image_tag() would refuse it, or nothing. Parses
// the file once and changes nothing, so it does not see what only the proof of an edit would. Each
// place is looked for in the whole file: where that is too much, all are refused. `cancelled` for
// what was left when `stop` was requested.
std::vector<std::optional<Error>> check_tag_places(std::string_view file, std::string_view bytes,
                                                   const std::vector<TagPlace>& places,
                                                   const std::stop_token& stop = {});

}  // namespace engine
