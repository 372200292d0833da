// What is to be done to a parsed manifest so that an image gets a tag: the places of each type of
// catalog entry, and what stands there. Internal to set_image_tag(). Pure functions, for any
// thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/manifest/tag_location.h"
#include "engine/yaml/edit.h"
#include "engine/yaml/scalar.h"
#include "engine/yaml/source_map.h"

namespace engine {

// One place of the tag.
struct PlannedTag {
  std::optional<YamlChange> change;     // nothing: the tag is there already
  std::optional<std::string> previous;  // the value that is there; nothing for none
  std::optional<std::string> warning;   // what the change does besides
  std::size_t offset = 0;               // where the value stands, or what a new one is added to
  std::string image = {};  // what an image is called that gets the tag; empty where that is unknown
};

// Every entry of `images` that kustomize applies to the image (type kustomize-images).
Result<std::vector<PlannedTag>> plan_kustomize_images(const YamlSourceMap& stream,
                                                      const TagLocation& place,
                                                      const std::string& tag);

// The scalar at the path (type helm-values): by default `.spec.values.image.tag` of a HelmRelease,
// `.image.tag` of other documents. Of several documents, the one that has the path, is named by the
// path's selectors, or has the image's name as its name or as the `repository` beside the tag.
Result<std::vector<PlannedTag>> plan_helm_values(const YamlSourceMap& stream,
                                                 const TagLocation& place, const std::string& tag);

// The tag in the image reference at the path (type image-reference). Of several documents, the one
// in which the path leads to a reference of that image.
Result<std::vector<PlannedTag>> plan_image_reference(const YamlSourceMap& stream,
                                                     const TagLocation& place,
                                                     const std::string& tag);

// The place with the type that the file decides, for one that was given by hand. Refused where it
// is neither a kustomization, nor a HelmRelease or values, and no path says more; the paths that
// are there are listed.
Result<TagLocation> place_by_file(std::string_view file, const YamlSourceMap& stream,
                                  const TagLocation& place);

Failure refuse_encrypted_file(std::string_view file, std::string_view program);
// Refuses what is encrypted in a file that is not: an edit in plain text would reveal or break it.
std::optional<Failure> refuse_sops(const YamlSourceMap& stream);
// A scalar, or the one that an alias stands for.
std::optional<Failure> refuse_encrypted_value(const YamlSourceMap& stream, YamlIndex value);

// A node that holds a tag: the value of `key`, or an item of a sequence.
struct TagNode {
  bool in_json = false;  // is_json() of the document
  YamlIndex value = 0;
  std::optional<YamlIndex> key;
};

// The change that makes the node the tag, quotes kept. `bad_manifest` where that is not a matter of
// one scalar's bytes: a collection, a block scalar, a value of another type.
Result<PlannedTag> plan_value(const YamlSourceMap& stream, const TagNode& place,
                              const std::string& tag);

// The part of plan_value() that does not depend on what is written: where a scalar stands that can
// be replaced. `what` is "tag" or what else the place holds, for messages.
Result<YamlSpan> editable_span(const YamlSourceMap& stream, const TagNode& place,
                               std::string_view what);

// Refuses an edit of the place: "the <what> cannot be edited safely: <why>".
Failure refuse_edit(const YamlSourceMap& stream, const TagNode& place, std::string_view what,
                    std::string_view why);

// What to do where a path leads nowhere: the paths that are there, or a word on `path`.
std::string path_hint(const TagLocation& place, const std::vector<std::string>& there);

// Whether the document is JSON as far as its spelling shows: then what is new gets quotes.
bool is_json(const YamlSourceMap& stream, YamlIndex document);

// Refuses a change of `target`, which reaches `alias` too.
Failure refuse_alias(const YamlSourceMap& stream, YamlIndex target, YamlIndex alias);

// Refuses a tag beside a digest, which `where` names.
Failure refuse_digest(const YamlSourceMap& stream, YamlIndex digest, std::string_view image_name,
                      std::string_view where = "`digest`");

// Refuses a new tag where the name that it would follow, the value `at` of `key`, has a tag or
// digest of its own; nothing where it has none.
std::optional<Failure> refuse_own_tag(const YamlSourceMap& stream, YamlIndex at,
                                      std::string_view key, std::string_view name);

// The names as they may be shown, the first of many, and the same joined by commas.
std::vector<std::string> shown_list(const std::vector<std::string>& names);
std::string listed(const std::vector<std::string>& shown, std::size_t of);

// Refuses a key that a mapping has twice.
Failure refuse_duplicate(const YamlSourceMap& stream, YamlIndex second, std::string_view key);

// Text of a manifest as it may be shown in a message.
std::string shown(std::string_view text);

}  // namespace engine
