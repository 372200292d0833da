#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "engine/manifest/edit_pattern.h"
#include "engine/manifest/tag_text.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

// What is said when no entry has the name.
struct SeenNames {
  std::vector<std::string> names;
  std::set<std::string, std::less<>> known;
  std::optional<std::string> entry_with_new_name;  // whose newName is the image name

  void add(std::string_view name) {
    if (known.emplace(name).second) {
      names.emplace_back(name);
    }
  }
};

// kustomize reads one document. Where a file has several, those of other kinds are not its own; in
// a file of one document the kind is not asked for, as kustomize fills in a missing one.
std::vector<YamlIndex> kustomizations(const YamlSourceMap& stream) {
  std::vector<YamlIndex> found;
  std::vector<YamlIndex> others;
  for (const YamlIndex document : stream.documents()) {
    if (stream.kind(document) != YamlKind::mapping) {
      continue;
    }
    const auto kind = stream.text(stream.find_direct(document, "kind"));
    const bool own = !kind || *kind == "Kustomization" || *kind == "Component";
    (own ? found : others).push_back(document);
  }
  return found.empty() ? others : found;
}

class EntryPlanner {
 public:
  EntryPlanner(const YamlSourceMap& stream, const TagLocation& place, const std::string& tag)
      : stream_(stream), image_name_(place.image_name), tag_(tag), patterns_(stream, place) {}

  Result<std::vector<PlannedTag>> plan() {
    for (const YamlIndex document : kustomizations(stream_)) {
      if (auto failure = plan_document(document)) {
        return std::move(*failure);
      }
    }
    if (auto failure = refuse_shared()) {
      return std::move(*failure);
    }
    if (planned_.empty()) {
      return not_found();
    }
    return std::move(planned_);
  }

 private:
  using Refused = std::optional<Failure>;

  Failure refuse(YamlIndex at, std::string_view what, std::string hint) const {
    return stream_.refuse(Code::bad_manifest, stream_.offset(at), what, std::move(hint));
  }

  Refused plan_document(YamlIndex document) {
    const auto keys = stream_.keys(document, "images");
    if (keys.size() > 1) {
      return refuse_duplicate(stream_, keys[1], "images");
    }
    if (keys.empty()) {
      if (const auto merged = stream_.find_merged(document, "images")) {
        return refuse(*merged, "`images` comes into the kustomization through a merge key",
                      "Write the list below `images`, then try again.");
      }
      return std::nullopt;
    }
    const YamlIndex images = stream_.value_of(keys.front());
    const YamlKind kind = stream_.kind(images);
    if (kind == YamlKind::null) {
      return std::nullopt;
    }
    if (kind != YamlKind::sequence) {
      return refuse(keys.front(),
                    kind == YamlKind::alias ? "`images` is an alias" : "`images` is not a list",
                    "Write `images` as a list of entries with `name` and `newTag`.");
    }
    lists_.push_back(images);
    in_json_ = is_json(stream_, document);
    const std::vector<YamlIndex> entries = stream_.children(images);
    std::vector<YamlIndex> own;
    std::ranges::copy_if(entries, std::back_inserter(own), [&](YamlIndex entry) {
      const YamlIndex mapping = stream_.resolved(entry);
      return stream_.kind(mapping) == YamlKind::mapping && has_name(mapping);
    });
    auto deciding = patterns_.deciding(entries, own);
    RETURN_IF_FAILED(deciding);
    for (const YamlIndex entry : *deciding) {
      if (auto failure = plan_entry(document, images, entry)) {
        return failure;
      }
    }
    return std::nullopt;
  }

  bool has_name(YamlIndex mapping) {
    const auto keys = stream_.keys(mapping, "name");
    bool found = false;
    for (const YamlIndex key : keys) {
      found = stream_.text(stream_.value_of(key)) == image_name_ || found;
    }
    const auto name = stream_.text(stream_.find(mapping, "name"));
    if (name) {
      seen_.add(*name);
      if (stream_.text(stream_.find(mapping, "newName")) == image_name_) {
        seen_.entry_with_new_name = std::string(*name);
      }
    }
    return found || name == image_name_;
  }

  Refused plan_entry(YamlIndex document, YamlIndex images, YamlIndex entry) {
    if (stream_.resolved(entry) != entry) {
      return refuse(entry, "the image's entry is an alias",
                    "Write the entry out in the list, then try again.");
    }
    constexpr std::array<std::string_view, 4> kKeys = {"name", "newName", "newTag", "digest"};
    for (const std::string_view key : kKeys) {
      const auto keys = stream_.keys(entry, key);
      if (keys.size() > 1) {
        return refuse_duplicate(stream_, keys[1], key);
      }
    }
    if (auto failure = refuse_pinned(entry)) {
      return failure;
    }
    if (auto failure = refuse_new_name(entry)) {
      return failure;
    }
    path_.insert({document, images, entry});
    const auto keys = stream_.keys(entry, "newTag");
    auto failure = keys.empty() ? plan_missing(entry) : plan_present(keys.front());
    if (!failure) {
      const std::string_view name = stream_.text(stream_.find(entry, "newName")).value_or("");
      planned_.back().image = name.empty() ? image_name_ : name;
    }
    return failure;
  }

  // An empty digest is none to kustomize.
  Refused refuse_pinned(YamlIndex entry) const {
    const auto digest = stream_.find(entry, "digest");
    const bool none = !digest || stream_.text(digest) == "" ||
                      stream_.kind(stream_.resolved(*digest)) == YamlKind::null;
    return none ? std::nullopt : Refused(refuse_digest(stream_, *digest, image_name_));
  }

  // kustomize puts the tag after the new name whatever that ends in.
  Refused refuse_new_name(YamlIndex entry) const {
    const auto new_name = stream_.find(entry, "newName");
    const bool has_tag = !stream_.text(stream_.find(entry, "newTag")).value_or("").empty();
    return new_name && !has_tag
               ? refuse_own_tag(stream_, *new_name, "newName", stream_.text(new_name).value_or(""))
               : std::nullopt;
  }

  Refused plan_present(YamlIndex key) {
    const YamlIndex value = stream_.value_of(key);
    auto planned = plan_value(stream_, {in_json_, value, key}, tag_);
    RETURN_IF_FAILED(planned);
    values_.insert(value);
    planned_.push_back(std::move(*planned));
    return std::nullopt;
  }

  // An entry without a `newTag` of its own.
  Refused plan_missing(YamlIndex entry) {
    PlannedTag planned;
    planned.offset = stream_.offset(entry);
    if (const auto merged = stream_.text(stream_.find_merged(entry, "newTag"))) {
      planned.previous = std::string(*merged);
    }
    if (planned.previous == tag_) {
      planned_.push_back(std::move(planned));
      return std::nullopt;
    }
    const auto new_names = stream_.keys(entry, "newName");
    const auto names = stream_.keys(entry, "name");
    if (names.empty()) {
      return refuse(entry, "the name of the image's entry comes through a merge key",
                    "Write `name` and `newTag` into the entry, then try again.");
    }
    const YamlIndex after = new_names.empty() ? names.front() : new_names.front();
    const bool quotes_key = stream_.node(entry).flow && (is_quoted(after) || in_json_);
    auto splice = stream_.node(entry).flow ? splice_flow(after) : splice_block(entry, after);
    if (!splice) {
      return refuse(after, "a newTag cannot be added safely after this spelling",
                    "Add `newTag` to the entry by hand, then try again.");
    }
    planned.change = YamlChange{.splice = std::move(*splice),
                                .node = stream_.value_of(after),
                                .value = tag_,
                                .new_key = "newTag",
                                .quoted = quotes_key || !is_string_without_quotes(tag_),
                                .plain_key = !quotes_key};
    planned_.push_back(std::move(planned));
    return std::nullopt;
  }

  bool is_quoted(YamlIndex key) const {
    return stream_.node(key).style == YamlStyle::double_quoted;
  }

  // The tag as a value that needs quotes only where it would be read as something else.
  std::string written_tag() const {
    return is_string_without_quotes(tag_) ? tag_ : '"' + tag_ + '"';
  }

  std::optional<YamlSplice> splice_flow(YamlIndex after) const {
    const auto value = value_span(stream_, after);
    if (!value || value->style == YamlStyle::empty) {
      return std::nullopt;
    }
    const bool quoted = is_quoted(after) || in_json_;
    const std::string text =
        quoted ? R"(, "newTag": ")" + tag_ + '"' : ", newTag: " + written_tag();
    return YamlSplice{value->end, value->end, text};
  }

  std::optional<YamlSplice> splice_block(YamlIndex entry, YamlIndex after) const {
    const auto value = value_span(stream_, after);
    const auto indent = indentation(entry, after);
    if (!value || value->style == YamlStyle::block || !indent) {
      return std::nullopt;
    }
    const std::string_view bytes = stream_.bytes();
    const std::size_t end = line_end(bytes, value->end);
    const std::string line = *indent + "newTag: " + written_tag();
    const std::string_view own_break = line_break_at(bytes, end);
    if (!own_break.empty()) {
      const std::size_t next = end + own_break.size();
      return YamlSplice{next, next, line + std::string(own_break)};
    }
    return YamlSplice{end, end, std::string(break_before(end)) + line};
  }

  // The bytes between line break and key, so that the new line has the same: another key's of the
  // entry where that begins its line, else as many spaces as there are columns.
  std::optional<std::string> indentation(YamlIndex entry, YamlIndex after) const {
    const auto children = stream_.children(entry);
    for (std::size_t i = 0; i < children.size(); i += 2) {
      const std::string_view before = before_key(children[i]);
      // A key that is not written has no place.
      if (stream_.kind(children[i]) != YamlKind::null &&
          before.find_first_not_of(" \t") == std::string_view::npos) {
        return std::string(before);
      }
    }
    const std::string_view before = before_key(after);
    if (before.find_first_not_of("- \t") != std::string_view::npos) {
      return std::nullopt;
    }
    return std::string(before.size(), ' ');
  }

  // What stands on its line before a key, or before the "?" that announces it.
  std::string_view before_key(YamlIndex key) const {
    const std::string_view bytes = stream_.bytes();
    const std::size_t offset = stream_.offset(key);
    const std::size_t end = explicit_key_mark(bytes, offset).value_or(offset);
    const std::size_t begin = line_begin(bytes, end);
    return bytes.substr(begin, end - begin);
  }

  // The line break that ends the line before; "\n" where there is none.
  std::string_view break_before(std::size_t offset) const {
    const std::string_view bytes = stream_.bytes();
    const std::string_view lines = bytes.substr(0, line_begin(bytes, offset));
    return lines.ends_with("\r\n") ? "\r\n" : "\n";
  }

  // Aliases by which a change would reach further. An alias of the tag alone is as good as a second
  // image's tag if it stands in a list of images; elsewhere (a version label) it is there to
  // follow.
  Refused refuse_shared() const {
    for (const YamlIndex alias : stream_.aliases()) {
      const YamlIndex target = stream_.resolved(alias);
      const bool other_image =
          values_.contains(target) && !values_.contains(alias) && is_in_list(alias);
      if (path_.contains(target) || other_image) {
        return refuse_alias(stream_, target, alias);
      }
    }
    return std::nullopt;
  }

  // Whether the node is in an `images`; those are apart from each other and in order.
  bool is_in_list(YamlIndex node) const {
    const auto after = std::ranges::upper_bound(lists_, node);
    return after != lists_.begin() && node < stream_.node(*std::prev(after)).end;
  }

  Failure not_found() const {
    std::vector<std::string> names = shown_list(seen_.names);
    std::string what = "no entry '" + shown(image_name_) + "' in `images`; ";
    if (lists_.empty()) {
      what += "the file has no such list";
    } else if (names.empty()) {
      what += "the list has no entries with a name";
    } else {
      what += "there are: " + listed(names, seen_.names.size());
    }
    std::string hint = "Use the `name` of one of the entries, or add an entry for the image.";
    if (seen_.entry_with_new_name) {
      hint = "It is the `newName` of the entry '" + shown(*seen_.entry_with_new_name) +
             "'; an image is named by the entry's `name`.";
    }
    const std::size_t offset = lists_.empty() ? 0 : stream_.offset(lists_.front());
    return stream_.refuse(Code::image_not_found, offset, what, std::move(hint),
                          {{"names", std::move(names)}});
  }

  const YamlSourceMap& stream_;
  std::string_view image_name_;
  const std::string& tag_;
  PatternEntries patterns_;
  SeenNames seen_;
  std::vector<YamlIndex> lists_;  // every `images`
  bool in_json_ = false;          // of the document that is looked at
  std::set<YamlIndex> path_;      // collections above the tags
  std::set<YamlIndex> values_;    // the tags that are written
  std::vector<PlannedTag> planned_;
};

}  // namespace

Result<std::vector<PlannedTag>> plan_kustomize_images(const YamlSourceMap& stream,
                                                      const TagLocation& place,
                                                      const std::string& tag) {
  return EntryPlanner(stream, place, tag).plan();
}

}  // namespace engine
