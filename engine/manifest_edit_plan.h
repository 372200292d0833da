// What is to be done to a parsed manifest so that an image gets a tag: the places of each type of
// catalog entry, and what stands there. Internal to set_image_tag(). Pure functions, for any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.h"
#include "engine/yaml_edit.h"
#include "engine/yaml_scalar.h"
#include "engine/yaml_stream.h"

namespace engine {

// One place of the tag.
struct PlannedTag {
  std::optional<YamlChange> change;     // nothing: the tag is there already
  std::optional<std::string> previous;  // the value that is there; nothing for none
};

// Every entry of that name in `images` (type kustomize-images).
Result<std::vector<PlannedTag>> plan_kustomize_images(const YamlStream& stream,
                                                      std::string_view image_name,
                                                      const std::string& tag);

// The scalar at `path` (type helm-values): by default `.spec.values.image.tag` of a HelmRelease,
// `.image.tag` of other documents. Of several documents, the one that has the path, is named by the
// path's selectors, or has `image_name` as its name or as the `repository` beside the tag.
Result<std::vector<PlannedTag>> plan_helm_values(const YamlStream& stream,
                                                 std::string_view image_name,
                                                 const std::optional<std::string>& path,
                                                 const std::string& tag);

// A node that holds a tag: the value of `key`, or an item of a sequence.
struct TagNode {
  bool in_json = false;  // is_json() of the document
  YamlIndex value = 0;
  std::optional<YamlIndex> key;
};

// The change that makes the node the tag, quotes kept. `bad_manifest` where that is not a matter of
// one scalar's bytes: a collection, a block scalar, a value of another type.
Result<PlannedTag> plan_value(const YamlStream& stream, const TagNode& place,
                              const std::string& tag);

// Whether the document is JSON as far as its spelling shows: then what is new gets quotes.
bool is_json(const YamlStream& stream, YamlIndex document);

// The text of a scalar, or of the one that an alias stands for; nothing for other kinds.
std::optional<std::string_view> scalar_text(const YamlStream& stream,
                                            std::optional<YamlIndex> value);

// Refuses a change of `target`, which reaches `alias` too.
Failure refuse_alias(const YamlStream& stream, YamlIndex target, YamlIndex alias);

// Refuses a tag beside a digest.
Failure refuse_digest(const YamlStream& stream, YamlIndex digest, std::string_view image_name);

// The names as they may be shown, the first of many, and the same joined by commas.
std::vector<std::string> shown_list(const std::vector<std::string>& names);
std::string joined(const std::vector<std::string>& shown, std::size_t of);

// Refuses a key that a mapping has twice.
Failure refuse_duplicate(const YamlStream& stream, YamlIndex second, std::string_view key);

// Text of a manifest as it may be shown in a message.
std::string shown(std::string_view text);

}  // namespace engine
