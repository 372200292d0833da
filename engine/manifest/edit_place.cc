#include "engine/manifest/edit_place.h"

#include <algorithm>
#include <set>
#include <utility>

#include "engine/manifest/image_reference.h"
#include "engine/text/ascii.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

// More than a message would show.
constexpr std::size_t kMaxPaths = 40;
constexpr std::size_t kMaxKeyBytes = 100;

// What a document is selected by: its kind or name.
std::string_view selected_by(const YamlSourceMap& stream, YamlIndex document,
                             std::string_view key) {
  return key == "kind" ? kind_of(stream, document) : name_of(stream, document);
}

// "[kind=HelmRelease][name=api]"; empty where a value is missing or could not be spelled.
std::string selector(const YamlSourceMap& stream, YamlIndex document,
                     const std::vector<std::string_view>& keys) {
  std::string text;
  for (const std::string_view key : keys) {
    const std::string_view value = selected_by(stream, document, key);
    if (value.empty() || value.find_first_of("\"'\\]\n") != std::string_view::npos) {
      return {};
    }
    text += "[" + std::string(key) + "=" + std::string(value) + "]";
  }
  return text;
}

// How a path to each of the documents may begin, by as little as tells them apart; nothing if
// nothing does.
std::vector<std::string> selectors(const YamlSourceMap& stream,
                                   const std::vector<YamlIndex>& documents) {
  const std::vector<std::vector<std::string_view>> choices = {{"name"}, {"kind"}, {"kind", "name"}};
  for (const auto& keys : choices) {
    std::vector<std::string> found;
    std::set<std::string> seen = {""};
    for (const YamlIndex document : documents) {
      std::string text = selector(stream, document, keys);
      if (seen.insert(text).second) {
        found.push_back(std::move(text));
      }
    }
    if (found.size() == documents.size()) {
      return found;
    }
  }
  return {};
}

bool is_selected(const YamlSourceMap& stream, const YamlPath& path, YamlIndex document) {
  return std::ranges::all_of(path.documents, [&](const YamlStep& step) {
    return step.value == selected_by(stream, document, step.key);
  });
}

std::vector<std::string> keys_of(const YamlSourceMap& stream, YamlIndex mapping) {
  std::vector<std::string> keys;
  if (stream.kind(mapping) == YamlKind::mapping) {
    const auto children = stream.children(mapping);
    for (std::size_t i = 0; i < children.size(); i += 2) {
      keys.emplace_back(stream.text(children[i]).value_or("?"));
    }
  }
  return keys;
}

// Walks a document. What is reached by an alias is written elsewhere, and found there.
class ImagePaths {
 public:
  ImagePaths(const YamlSourceMap& stream, std::vector<std::string>& found)
      : stream_(stream), found_(found) {}

  void look_in(YamlIndex document) {
    const std::string kind(kind_of(stream_, document));
    const std::string name(name_of(stream_, document));
    const bool named = stream_.documents().size() > 1 && !kind.empty() && !name.empty();
    selector_ = named ? "[kind=" + kind + "][name=" + name + "]" : "";
    look(document, "");
  }

 private:
  void look(YamlIndex node, std::string_view key) {
    const auto children = stream_.children(node);
    if (stream_.kind(node) == YamlKind::sequence) {
      for (std::size_t i = 0; i < children.size(); ++i) {
        step_into(children[i], key,
                  {.kind = YamlStep::Kind::item, .key = {}, .value = {}, .index = i});
      }
    } else if (stream_.kind(node) == YamlKind::mapping) {
      const bool is_image = names_image(key) || stream_.find_direct(node, "repository");
      for (std::size_t i = 0; i < children.size(); i += 2) {
        const auto name = stream_.text(children[i]);
        if (name && can_be_spelled(*name)) {
          inside_image_ = is_image;
          step_into(children[i + 1], *name,
                    {.kind = YamlStep::Kind::key, .key = std::string(*name), .value = {}});
        }
      }
    }
  }

  void step_into(YamlIndex value, std::string_view key, YamlStep step) {
    if (found_.size() == kMaxPaths) {
      return;
    }
    path_.steps.push_back(std::move(step));
    if (is_place(value, key)) {
      found_.push_back(selector_ + spelled(path_, path_.steps.size()));
    }
    look(value, key);
    path_.steps.pop_back();
  }

  bool is_place(YamlIndex value, std::string_view key) const {
    const YamlKind kind = stream_.kind(stream_.resolved(value));
    if (path_.steps.back().kind != YamlStep::Kind::key) {
      return false;
    }
    if (key == "tag") {
      return inside_image_ && (kind == YamlKind::scalar || kind == YamlKind::null);
    }
    return names_image(key) && kind == YamlKind::scalar &&
           may_be_image_reference(*stream_.text(value));
  }

  static bool can_be_spelled(std::string_view key) {
    return !key.empty() && key.size() <= kMaxKeyBytes && key != "<<" &&
           key.find_first_of("\"'\\\n") == std::string_view::npos;
  }

  const YamlSourceMap& stream_;
  std::vector<std::string>& found_;
  std::string selector_;
  YamlPath path_;
  bool inside_image_ = false;
};

}  // namespace

bool names_image(std::string_view key) {
  return key.ends_with("image") || key.ends_with("Image");
}

bool ends_at_tag(const YamlPath& path) {
  return in_lower_case(path.steps.back().key).find("tag") != std::string::npos;
}

std::string_view kind_of(const YamlSourceMap& stream, YamlIndex document) {
  return stream.text(stream.find_direct(document, "kind")).value_or("");
}

std::string_view name_of(const YamlSourceMap& stream, YamlIndex document) {
  const auto metadata = stream.find_direct(document, "metadata");
  const auto name =
      metadata ? stream.find_direct(stream.resolved(*metadata), "name") : std::nullopt;
  return stream.text(name).value_or("");
}

PathPlaces::PathPlaces(const YamlSourceMap& stream, const YamlPath& path,
                       const std::vector<YamlIndex>& documents)
    : stream_(stream), path_(path) {
  for (const YamlIndex document : documents) {
    if (is_selected(stream, path, document)) {
      all_.push_back({document, walk(stream, document, path)});
    }
  }
  found_ = all_;
  std::erase_if(found_, [&](const PathPlace& place) {
    return !place.walk.complete(path_) && place.walk.obstacle.empty();
  });
}

Result<TagNode> PathPlaces::node(const PathPlace& place) const {
  if (!place.walk.obstacle.empty()) {
    return stream_.refuse(
        Code::bad_manifest, place.walk.obstacle_offset,
        "the path '" + shown(path_.text) + "' cannot be followed: " + place.walk.obstacle,
        place.walk.way_on);
  }
  const auto& nodes = place.walk.nodes;
  const std::set<YamlIndex> touched(nodes.begin(), nodes.end());
  for (const YamlIndex alias : stream_.aliases()) {
    if (touched.contains(stream_.resolved(alias)) && alias != nodes.back()) {
      return refuse_alias(stream_, stream_.resolved(alias), alias);
    }
  }
  TagNode node{is_json(stream_, place.document), nodes.back(), std::nullopt};
  if (place.walk.key != 0) {
    node.key = place.walk.key;
  }
  return node;
}

std::string PathPlaces::several_hint(const std::vector<YamlIndex>& documents,
                                     const std::vector<std::string>& image_names) const {
  std::vector<std::string> paths = selectors(stream_, documents);
  for (std::string& path : paths) {
    path += spelled(path_, path_.steps.size());
  }
  if (!paths.empty()) {
    return "Choose the document with one of these paths: " +
           listed(shown_list(paths), paths.size());
  }
  const std::set<std::string> different(image_names.begin(), image_names.end());
  if (different.size() == documents.size() && !different.contains("")) {
    return "The documents have the same kind and name, so use the image name of one of them: " +
           listed(shown_list(image_names), image_names.size());
  }
  return "No path can distinguish them, because they have the same kind and name: put each into a "
         "separate file, or give them different names.";
}

Failure PathPlaces::refuse_several(const std::vector<PathPlace>& places,
                                   const std::vector<std::string>& image_names) const {
  std::vector<std::string> names;
  std::vector<std::string> with_lines;
  std::vector<YamlIndex> documents;
  for (const PathPlace& place : places) {
    const std::size_t offset = stream_.offset(place.document);
    documents.push_back(place.document);
    names.push_back(std::string(kind_of(stream_, place.document)) + "/" +
                    std::string(name_of(stream_, place.document)));
    with_lines.push_back(names.back() + " (line " +
                         std::to_string(line_at(stream_.bytes(), offset)) + ")");
  }
  const std::string what = "several documents have '" + shown(path_.text) +
                           "': " + listed(shown_list(with_lines), with_lines.size());
  return stream_.refuse(Code::bad_manifest, stream_.offset(places[1].document), what,
                        several_hint(documents, image_names), {{"documents", shown_list(names)}});
}

Failure PathPlaces::not_found(std::string hint) const {
  if (all_.empty()) {
    return stream_.refuse(Code::image_not_found, 0,
                          "no document for the path '" + shown(path_.text) + "'",
                          "Name a file and a path that exist in it.");
  }
  const auto& nearest =
      *std::ranges::max_element(all_, {}, [](const PathPlace& p) { return p.walk.nodes.size(); });
  const YamlIndex last = nearest.walk.nodes.back();
  const auto keys = keys_of(stream_, last);
  std::vector<std::string> list = shown_list(keys);
  const std::string there = shown(spelled(path_, nearest.walk.nodes.size() - 1));
  const std::string what =
      "no '" + shown(path_.text) + "'; the nearest that exists is '" + there + "'" +
      (list.empty() ? ", which has no keys" : " with " + listed(list, keys.size()));
  if (hint.empty()) {
    hint = "Set `path` of the image group to the tag's place, or add the value to the file.";
  }
  return stream_.refuse(Code::image_not_found, stream_.offset(last), what, std::move(hint),
                        {{"nearest", there}, {"keys", std::move(list)}});
}

std::vector<std::string> image_paths(const YamlSourceMap& stream,
                                     const std::vector<YamlIndex>& documents) {
  std::vector<std::string> found;
  ImagePaths paths(stream, found);
  for (const YamlIndex document : documents) {
    paths.look_in(document);
  }
  return found;
}

}  // namespace engine
