// Sets the tag of an image in a manifest and changes no other byte (specification, section 5):
// located by parsing, spliced into the bytes, and accepted only if libyaml reads both texts and
// exactly that value differs. Pure functions on text, for any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/manifest/tag_location.h"
#include "engine/manifest/writable_tag.h"

namespace engine {

class YamlSourceMap;

struct ManifestEdit {
  std::string bytes;     // the whole file afterwards
  bool changed = false;  // false: every place had the tag already, bytes are those given
  // The first place's tag that was replaced (or, unchanged, that is there).
  std::optional<std::string> previous_tag;
  std::vector<std::string> warnings = {};  // what the change does besides; empty if unchanged
  std::vector<std::size_t> lines = {};     // of the places (the first 20), in the file as it was
  // The other tags that were replaced, where several places had different ones; each once.
  std::vector<std::string> also_replaced = {};
};

// `bytes` of `file` (a name for messages) with the image's tag set. They are what ManifestBlob
// (engine/git/manifest_blob.h) gives out: not too many, and no pointer of Git LFS. Refused with
// `bad_manifest`, `image_not_found`, `digest_pinned` or `unsupported_type`, each with file and,
// where there is one, line; with `bad_path` if `path` is missing or cannot be read; `internal` if
// the result could not be proven; `cancelled` soon after `stop` was requested.
Result<ManifestEdit> set_image_tag(std::string_view file, std::string_view bytes,
                                   const TagLocation& place, const WritableTag& tag,
                                   const std::stop_token& stop = {});

// What set_image_tag() would make of `before` with the tag that the place has in `after`, to
// compare it with that. Refused as set_image_tag() refuses, and where `after` has no tag there.
Result<std::string> repeat_image_tag(std::string_view file, std::string_view before,
                                     std::string_view after, const TagLocation& place,
                                     const std::stop_token& stop = {});

// What set_image_tag() would say as `previous_tag` of these bytes, found without making the edit;
// nothing also where it would refuse.
std::optional<std::string> tag_to_replace(std::string_view file, std::string_view bytes,
                                          const TagLocation& place, const WritableTag& tag);

// The tag that is there, of several the first; nothing for none, and a refusal where
// set_image_tag() would refuse the place.
Result<std::optional<std::string>> read_image_tag(std::string_view file, std::string_view bytes,
                                                  const TagLocation& place,
                                                  const std::stop_token& stop = {});

// An image as a manifest sets it.
struct PlacedImage {
  std::optional<std::string> tag;  // nothing for none
  // What the image is called with which a workload is made: kustomize's newName, say. Empty where
  // the manifest does not tell.
  std::string name;

  friend bool operator==(const PlacedImage&, const PlacedImage&) = default;
};

// The same with the image's name. `bad_manifest` as well where several entries set different tags:
// then it is not certain which one counts.
Result<PlacedImage> read_placed_image(std::string_view file, std::string_view bytes,
                                      const TagLocation& place, const std::stop_token& stop = {});

// The same of `count` places in one file, which is parsed once. `place` gives the place of each
// number; what it returns counts until the next call. Where that is too much work, all are refused.
std::vector<Result<PlacedImage>> read_placed_images(
    std::string_view file, std::string_view bytes, std::size_t count,
    const std::function<const TagLocation&(std::size_t)>& place, const std::stop_token& stop = {});

// What is wrong with the place whatever the file holds: `unsupported_type`, or `bad_path` if `path`
// is missing or cannot be read. `file` is a name for messages.
Result<void> check_tag_place(std::string_view file, const TagLocation& place);

// What encrypted the whole file, as its first bytes say: "git-crypt", "Ansible Vault", ... Nothing
// where they do not; SOPS leaves a file YAML.
std::optional<std::string_view> encrypting_program(std::string_view bytes);

// For each of several places in one file why set_image_tag() would refuse it, or nothing. Parses
// the file once and changes nothing, so it does not see what only the proof of an edit would. Each
// place is looked for in the whole file: where that is too much, all are refused. `cancelled` for
// what was left when `stop` was requested.
std::vector<std::optional<Error>> check_tag_places(std::string_view file, std::string_view bytes,
                                                   const std::vector<TagLocation>& places,
                                                   const std::stop_token& stop = {});
// The same for a file that was parsed already and is not encrypted as a whole.
std::vector<std::optional<Error>> check_tag_places(std::string_view file,
                                                   const YamlSourceMap& stream,
                                                   const std::vector<TagLocation>& places,
                                                   const std::stop_token& stop = {});

}  // namespace engine
