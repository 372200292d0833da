#include <algorithm>

#include "engine/base/reader_word.h"
#include "engine/manifest/edit_plan.h"
#include "engine/manifest/image_reference.h"
#include "engine/manifest/tag_text.h"
#include "engine/text/join.h"
#include "engine/text/text.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

constexpr std::size_t kShownBytes = 200;
constexpr std::size_t kMaxListed = 30;

bool is_string_tag(std::string_view tag) {
  return tag.empty() || tag == "!" || tag == "tag:yaml.org,2002:str";
}

// What replaces the span, and the bytes that it replaces.
YamlSplice splice_value(const YamlSpan& span, const std::string& tag, bool quoted) {
  const std::string text = quoted ? '"' + tag + '"' : tag;
  switch (span.style) {
    case YamlStyle::empty:
      return {span.begin, span.end, " " + text};
    case YamlStyle::single_quoted:
    case YamlStyle::double_quoted:
      return {span.text_begin, span.text_end, tag};
    case YamlStyle::plain:
    case YamlStyle::alias:
    case YamlStyle::block:
      break;
  }
  return {span.begin, span.end, text};
}

}  // namespace

Failure refuse_edit(const YamlSourceMap& stream, const TagNode& place, std::string_view what,
                    std::string_view why) {
  // A place that is not written has no line of its own.
  const YamlIndex line_of = place.key ? *place.key : place.value;
  const std::string subject(what);
  return stream.refuse(Code::bad_manifest, stream.offset(line_of),
                       "the " + subject + " cannot be edited safely: " + std::string(why),
                       "Write the " + subject + " as a plain or quoted value, then try again.");
}

Result<YamlSpan> editable_span(const YamlSourceMap& stream, const TagNode& place,
                               std::string_view what) {
  const YamlKind meant = stream.kind(stream.resolved(place.value));
  if (meant == YamlKind::sequence || meant == YamlKind::mapping) {
    return refuse_edit(stream, place, what, "it is a list or a mapping");
  }
  if (auto encrypted = refuse_encrypted_value(stream, place.value)) {
    return std::move(*encrypted);
  }
  if (!is_string_tag(stream.tag(place.value))) {
    return refuse_edit(stream, place, what,
                       "it has the YAML tag " + shown(stream.tag(place.value)));
  }
  auto span = place.key ? value_span(stream, *place.key) : item_span(stream, place.value);
  if (!span) {
    return refuse_edit(stream, place, what,
                       "it is spelled in a way that this program does not read");
  }
  if (span->style == YamlStyle::block) {
    return refuse_edit(stream, place, what, "it is a block scalar (| or >)");
  }
  return *span;
}

Result<PlannedTag> plan_value(const YamlSourceMap& stream, const TagNode& place,
                              const std::string& tag) {
  auto span = editable_span(stream, place, "tag");
  RETURN_IF_FAILED(span);
  PlannedTag planned;
  const bool is_written = stream.node(place.value).style != YamlStyle::empty || !place.key;
  planned.offset = stream.offset(is_written ? place.value : *place.key);
  if (const auto text = stream.text(place.value)) {
    planned.previous = std::string(*text);
  }
  if (planned.previous != tag) {
    const bool in_quotes =
        span->style == YamlStyle::double_quoted || span->style == YamlStyle::single_quoted;
    const bool quoted = !in_quotes && (place.in_json || !is_string_without_quotes(tag));
    planned.change = YamlChange{.splice = splice_value(*span, tag, quoted),
                                .node = place.value,
                                .value = tag,
                                .quoted = quoted};
    if (planned.previous && digest_of_tag(*planned.previous)) {
      planned.warning = "The value was '" + shown(*planned.previous) +
                        "'; its digest is gone, so the image is no longer pinned.";
    }
  }
  return planned;
}

bool is_json(const YamlSourceMap& stream, YamlIndex document) {
  const YamlNode& root = stream.node(document);
  if (root.kind != YamlKind::mapping || !root.flow || root.end == document + 1) {
    return false;
  }
  return stream.node(document + 1).style == YamlStyle::double_quoted;
}

Failure refuse_alias(const YamlSourceMap& stream, YamlIndex target, YamlIndex alias) {
  const std::size_t line = line_at(stream.bytes(), stream.offset(alias));
  return stream.refuse(
      Code::bad_manifest, stream.offset(target),
      "the anchor here is used in line " + std::to_string(line) + ", which would change too",
      "Write the value out there, or here without the anchor, then try again.");
}

Failure refuse_digest(const YamlSourceMap& stream, YamlIndex digest, std::string_view image_name,
                      std::string_view where) {
  return stream.refuse(Code::digest_pinned, stream.offset(digest),
                       "the image '" + shown(image_name) + "' is pinned by " + std::string(where),
                       "The digest decides what runs, a tag would change nothing. Remove " +
                           std::string(where == "`digest`" ? where : "it") +
                           " to roll out by tag.");
}

std::optional<Failure> refuse_own_tag(const YamlSourceMap& stream, YamlIndex at,
                                      std::string_view key, std::string_view name) {
  const ImageReference reference = split_image_reference(name);
  const std::string place = "the `" + std::string(key) + "`";
  if (reference.digest) {
    return refuse_digest(stream, at, reference.name, place + " '" + shown(name) + "'");
  }
  if (!reference.tag) {
    return std::nullopt;
  }
  return stream.refuse(
      Code::bad_manifest, stream.offset(at),
      place + " '" + shown(name) + "' has a tag of its own, to which another would be added",
      "Move the tag out of " + place + " to the usual place, then try again.");
}

std::string path_hint(const TagLocation& place, const std::vector<std::string>& there) {
  if (there.empty()) {
    return place.by_hand
               ? for_reader(
                     "Use {path} to say where in the file the tag is, or add the value to the "
                     "file.")
               : "Set `path` of the image group to the tag's place, or add the value to the file.";
  }
  const std::string what = place.by_hand ? for_reader("Choose one of these places with {path}: ")
                                         : "Set `path` of the image group to one of these places: ";
  return what + listed(shown_list(there), there.size());
}

std::vector<std::string> shown_list(const std::vector<std::string>& names) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < names.size() && i < kMaxListed; ++i) {
    list.push_back(shown(names[i]));
  }
  return list;
}

std::string listed(const std::vector<std::string>& shown, std::size_t of) {
  const std::string text = joined(shown);
  return shown.size() < of ? text + ", and " + std::to_string(of - shown.size()) + " more" : text;
}

Failure refuse_duplicate(const YamlSourceMap& stream, YamlIndex second, std::string_view key) {
  return stream.refuse(Code::bad_manifest, stream.offset(second),
                       "the key `" + std::string(key) + "` is there twice",
                       "Remove one of the two, then try again.");
}

std::string shown(std::string_view text) {
  return sanitize_line(text, kShownBytes);
}

}  // namespace engine
