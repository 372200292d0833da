#include <algorithm>
#include <utility>

#include "engine/base/reader_word.h"
#include "engine/manifest/edit_place.h"
#include "engine/manifest/image_reference.h"
#include "engine/text/ascii.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

constexpr std::string_view kWhat = "image reference";

// Whether the text means itself without quotes, in brackets as well.
bool is_plain(std::string_view text) {
  const auto is_word = [](char c) { return is_alphanumeric(c); };
  return !text.empty() && is_word(text.front()) && std::ranges::all_of(text, [&](char c) {
    return is_word(c) || std::string_view("./:_-").find(c) != std::string_view::npos;
  });
}

// Whether a name may end in a tag that is not seen: "acme/${IMAGE}".
bool may_hide_a_tag(std::string_view name) {
  return name.ends_with('}');
}

class ReferencePlanner {
 public:
  ReferencePlanner(const YamlSourceMap& stream, const TagLocation& place, const YamlPath& path)
      : stream_(stream), place_(place), places_(stream, path, stream.documents()) {}

  Result<std::vector<PlannedTag>> plan(const std::string& tag) const {
    std::vector<PathPlace> found = places_.found();
    std::erase_if(found,
                  [&](const PathPlace& place) { return name_at(place) != place_.image_name; });
    if (auto encrypted = refuse_encrypted()) {
      return std::move(*encrypted);
    }
    if (found.size() > 1) {
      return places_.refuse_several(found);
    }
    const auto blocked = std::ranges::find_if(
        places_.found(), [](const PathPlace& place) { return !place.walk.obstacle.empty(); });
    const bool is_blocked = blocked != places_.found().end();
    if (found.empty() && !is_blocked) {
      return places_.found().empty()
                 ? places_.not_found(path_hint(place_, image_paths(stream_, stream_.documents())))
                 : refuse_names();
    }
    auto node = places_.node(found.empty() ? *blocked : found.front());
    RETURN_IF_FAILED(node);
    auto planned = plan_at(*node, tag);
    RETURN_IF_FAILED(planned);
    return std::vector<PlannedTag>{std::move(*planned)};
  }

 private:
  std::optional<std::string_view> text_at(const PathPlace& place) const {
    return place.walk.obstacle.empty() ? stream_.text(place.walk.nodes.back()) : std::nullopt;
  }

  bool is_nothing(const PathPlace& place) const {
    return stream_.kind(stream_.resolved(place.walk.nodes.back())) == YamlKind::null;
  }

  std::optional<std::string_view> name_at(const PathPlace& place) const {
    const auto text = text_at(place);
    return text ? std::optional(split_image_reference(*text).name) : std::nullopt;
  }

  std::optional<Failure> refuse_encrypted() const {
    for (const PathPlace& place : places_.found()) {
      auto encrypted = refuse_encrypted_value(stream_, place.walk.nodes.back());
      if (encrypted) {
        return encrypted;
      }
    }
    return std::nullopt;
  }

  Result<PlannedTag> plan_at(const TagNode& node, const std::string& tag) const {
    auto span = editable_span(stream_, node, kWhat);
    RETURN_IF_FAILED(span);
    const std::string_view text = *stream_.text(node.value);
    const ImageReference reference = split_image_reference(text);
    if (reference.digest) {
      return refuse_digest(stream_, node.value, place_.image_name,
                           "`@" + shown(reference.digest->substr(0, 15)) + "...`");
    }
    if (!may_be_image_reference(text)) {
      const bool is_address = text.find("://") != std::string_view::npos;
      return refuse_edit(stream_, node, kWhat,
                         is_address ? "it is an address" : "white space is in it");
    }
    if (!reference.tag && may_hide_a_tag(reference.name)) {
      return refuse_edit(stream_, node, kWhat,
                         "it is not clear whether '" + shown(text) + "' ends in a tag");
    }
    PlannedTag planned;
    planned.offset = stream_.offset(node.value);
    planned.image = reference.name;
    if (reference.tag && !reference.tag->empty()) {
      planned.previous = std::string(*reference.tag);
    }
    if (planned.previous == tag) {
      return planned;
    }
    auto change = change_of(node, *span, reference, tag);
    if (!change) {
      return refuse_edit(stream_, node, kWhat, "its tag is spelled with escapes or over lines");
    }
    planned.change = std::move(*change);
    return planned;
  }

  std::optional<YamlChange> change_of(const TagNode& node, const YamlSpan& span,
                                      const ImageReference& reference,
                                      const std::string& tag) const {
    YamlChange change{
        .splice = {}, .node = node.value, .value = std::string(reference.name) + ":" + tag};
    if (span.style == YamlStyle::alias) {
      change.quoted = node.in_json || !is_plain(change.value);
      if (change.quoted && change.value.find_first_of("\"\\") != std::string::npos) {
        return std::nullopt;
      }
      const std::string quote = change.quoted ? "\"" : "";
      change.splice = {span.begin, span.end, quote + change.value + quote};
      return change;
    }
    const std::size_t end = span.text_end;
    const std::string_view written = stream_.bytes().substr(span.text_begin, end - span.text_begin);
    if (!reference.tag) {
      change.splice = {end, end, ":" + tag};
      return change;
    }
    if (!written.ends_with(":" + std::string(*reference.tag))) {
      return std::nullopt;
    }
    change.splice = {end - reference.tag->size(), end, tag};
    return change;
  }

  // The path leads to another image.
  Failure refuse_names() const {
    std::vector<std::string> names;
    std::vector<std::string> with_lines;
    for (const PathPlace& place : places_.found()) {
      const std::size_t offset = stream_.offset(place.walk.nodes.back());
      const auto name = name_at(place);
      names.push_back(name ? shown(*name) : is_nothing(place) ? "nothing" : "a list or a mapping");
      with_lines.push_back((name ? "'" + names.back() + "'" : names.back()) + " (line " +
                           std::to_string(line_at(stream_.bytes(), offset)) + ")");
    }
    const std::string what = "no image '" + shown(place_.image_name) + "' at the path; there is: " +
                             listed(shown_list(with_lines), with_lines.size());
    return stream_.refuse(
        Code::image_not_found, stream_.offset(places_.found().front().walk.nodes.back()), what,
        place_.by_hand
            ? for_reader(
                  "Give the image name that comes before the tag there, or give another {path}.")
            : "Set `imageName` of the image group to what comes before the tag there, or `path` "
              "to another place.",
        {{"names", shown_list(names)}});
  }

  const YamlSourceMap& stream_;
  const TagLocation& place_;
  PathPlaces places_;
};

}  // namespace

Result<std::vector<PlannedTag>> plan_image_reference(const YamlSourceMap& stream,
                                                     const TagLocation& place,
                                                     const std::string& tag) {
  const auto parsed = YamlPath::parse(place.path.value_or(""));
  if (!parsed) {
    return Failure(parsed.error());
  }
  return ReferencePlanner(stream, place, *parsed).plan(tag);
}

}  // namespace engine
