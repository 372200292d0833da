#include <algorithm>
#include <set>
#include <utility>

#include "engine/manifest_edit_plan.h"
#include "engine/yaml_path.h"

namespace engine {
namespace {

constexpr std::string_view kHelmReleasePath = ".spec.values.image.tag";
constexpr std::string_view kValuesPath = ".image.tag";

std::string_view kind_of(const YamlStream& stream, YamlIndex document) {
  return scalar_text(stream, stream.find(document, "kind")).value_or("");
}

std::string_view name_of(const YamlStream& stream, YamlIndex document) {
  const auto metadata = stream.find(document, "metadata");
  const auto name = metadata ? stream.find(stream.resolved(*metadata), "name") : std::nullopt;
  return scalar_text(stream, name).value_or("");
}

// A document and how far the path leads in it.
struct Candidate {
  YamlIndex document = 0;
  YamlWalk walk;
};

class ValuePlanner {
 public:
  ValuePlanner(const YamlStream& stream, std::string_view image_name, const YamlPath& path)
      : stream_(stream), image_name_(image_name), path_(path) {}

  Result<std::vector<PlannedTag>> plan(const std::vector<YamlIndex>& documents,
                                       const std::string& tag) const {
    std::vector<Candidate> all;
    for (const YamlIndex document : documents) {
      if (is_selected(document)) {
        all.push_back({document, walk(stream_, document, path_)});
      }
    }
    std::vector<Candidate> found = all;
    std::erase_if(found, [&](const Candidate& candidate) {
      return !candidate.walk.complete(path_) && candidate.walk.obstacle.empty();
    });
    if (found.size() > 1) {
      keep_named(found);
    }
    if (found.size() > 1) {
      return refuse_several(found);
    }
    return found.empty() ? Result<std::vector<PlannedTag>>(not_found(all))
                         : plan_one(found.front(), tag);
  }

 private:
  bool is_selected(YamlIndex document) const {
    return std::ranges::all_of(path_.documents, [&](const YamlStep& step) {
      return step.value ==
             (step.key == "kind" ? kind_of(stream_, document) : name_of(stream_, document));
    });
  }

  // The `repository` beside the tag, as charts have it.
  std::string_view repository_of(const Candidate& candidate) const {
    const auto& nodes = candidate.walk.nodes;
    if (nodes.size() < 2) {
      return {};
    }
    return scalar_text(stream_, stream_.find(nodes[nodes.size() - 2], "repository")).value_or("");
  }

  void keep_named(std::vector<Candidate>& found) const {
    std::vector<Candidate> named = found;
    std::erase_if(named, [&](const Candidate& candidate) {
      return name_of(stream_, candidate.document) != image_name_ &&
             repository_of(candidate) != image_name_;
    });
    if (!named.empty()) {
      found = std::move(named);
    }
  }

  Result<std::vector<PlannedTag>> plan_one(const Candidate& found, const std::string& tag) const {
    if (!found.walk.obstacle.empty()) {
      return stream_.refuse(
          Code::bad_manifest, found.walk.obstacle_offset,
          "the path '" + shown(path_.text) + "' cannot be followed: " + found.walk.obstacle,
          "Write the value out where the path leads, then try again.");
    }
    const auto& nodes = found.walk.nodes;
    const std::set<YamlIndex> touched(nodes.begin(), nodes.end());
    for (const YamlIndex alias : stream_.aliases()) {
      if (touched.contains(stream_.resolved(alias)) && alias != nodes.back()) {
        return refuse_alias(stream_, stream_.resolved(alias), alias);
      }
    }
    const auto digest = stream_.find(nodes[nodes.size() - 2], "digest");
    if (scalar_text(stream_, digest).value_or("").starts_with("sha256:")) {
      return refuse_digest(stream_, *digest, image_name_);
    }
    TagNode place{is_json(stream_, found.document), nodes.back(), std::nullopt};
    if (found.walk.key != 0) {
      place.key = found.walk.key;
    }
    auto planned = plan_value(stream_, place, tag);
    if (!planned) {
      return failure_of(planned);
    }
    return std::vector<PlannedTag>{std::move(*planned)};
  }

  Failure refuse_several(const std::vector<Candidate>& found) const {
    std::vector<std::string> names;
    names.reserve(found.size());
    for (const Candidate& candidate : found) {
      names.push_back(std::string(kind_of(stream_, candidate.document)) + "/" +
                      std::string(name_of(stream_, candidate.document)));
    }
    std::vector<std::string> list = shown_list(names);
    const std::string what =
        "several documents have '" + shown(path_.text) + "': " + joined(list, names.size());
    return stream_.refuse(
        Code::bad_manifest, stream_.node(found[1].document).offset, what,
        "Begin `path` with the document's name, as in [name=api].spec.values.image.tag.",
        {{"documents", std::move(list)}});
  }

  std::vector<std::string> keys_of(YamlIndex mapping) const {
    std::vector<std::string> keys;
    if (stream_.node(mapping).kind == YamlKind::mapping) {
      const auto children = stream_.children(mapping);
      for (std::size_t i = 0; i < children.size(); i += 2) {
        keys.emplace_back(scalar_text(stream_, children[i]).value_or("?"));
      }
    }
    return keys;
  }

  Failure not_found(const std::vector<Candidate>& all) const {
    if (all.empty()) {
      return stream_.refuse(Code::image_not_found, 0,
                            "no document for the path '" + shown(path_.text) + "'",
                            "Name a file and a path that exist in it.");
    }
    const auto& nearest =
        *std::ranges::max_element(all, {}, [](const Candidate& c) { return c.walk.nodes.size(); });
    const YamlIndex last = nearest.walk.nodes.back();
    const auto keys = keys_of(last);
    std::vector<std::string> list = shown_list(keys);
    const std::string there = shown(spelled(path_, nearest.walk.nodes.size() - 1));
    const std::string what =
        "no '" + shown(path_.text) + "'; the nearest that exists is '" + there + "'" +
        (list.empty() ? ", which has no keys" : " with " + joined(list, keys.size()));
    return stream_.refuse(
        Code::image_not_found, stream_.node(last).offset, what,
        "Set `path` of the image group to the tag's place, or add the value to the file.",
        {{"nearest", there}, {"keys", std::move(list)}});
  }

  const YamlStream& stream_;
  std::string_view image_name_;
  const YamlPath& path_;
};

// The documents that the default path is for: the HelmReleases, or else all, as values.
struct Defaults {
  std::vector<YamlIndex> documents;
  std::string_view path;
};

Defaults defaults_for(const YamlStream& stream) {
  std::vector<YamlIndex> releases = stream.documents();
  std::erase_if(releases,
                [&](YamlIndex document) { return kind_of(stream, document) != "HelmRelease"; });
  return releases.empty() ? Defaults{stream.documents(), kValuesPath}
                          : Defaults{std::move(releases), kHelmReleasePath};
}

}  // namespace

Result<std::vector<PlannedTag>> plan_helm_values(const YamlStream& stream,
                                                 std::string_view image_name,
                                                 const std::optional<std::string>& path,
                                                 const std::string& tag) {
  const Defaults defaults = defaults_for(stream);
  const auto parsed = YamlPath::parse(path ? std::string_view(*path) : defaults.path);
  if (!parsed) {
    return Failure(parsed.error());
  }
  return ValuePlanner(stream, image_name, *parsed)
      .plan(path ? stream.documents() : defaults.documents, tag);
}

}  // namespace engine
