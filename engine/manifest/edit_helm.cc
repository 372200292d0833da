#include <algorithm>
#include <utility>

#include "engine/base/reader_word.h"
#include "engine/manifest/edit_place.h"
#include "engine/manifest/image_reference.h"

namespace engine {
namespace {

constexpr std::string_view kHelmReleasePath = ".spec.values.image.tag";
constexpr std::string_view kValuesPath = ".image.tag";

// A digest as charts have it that add the `sha256:`, or do not.
bool is_sha(std::string_view text) {
  constexpr std::size_t kDigits = 64;
  return text.starts_with("sha256:") ||
         (text.size() == kDigits &&
          text.find_first_not_of("0123456789abcdef") == std::string_view::npos);
}

class ValuePlanner {
 public:
  ValuePlanner(const YamlSourceMap& stream, const TagLocation& place, const YamlPath& path)
      : stream_(stream), place_(place), path_(path) {}

  Result<std::vector<PlannedTag>> plan(const std::vector<YamlIndex>& documents,
                                       const std::string& tag) const {
    const PathPlaces places(stream_, path_, documents);
    std::vector<PathPlace> found = places.found();
    if (found.size() > 1) {
      keep_named(found);
    }
    if (found.size() > 1) {
      return places.refuse_several(found, repositories(found));
    }
    if (found.empty()) {
      return places.not_found(path_hint(place_, image_paths(stream_, documents)));
    }
    auto node = places.node(found.front());
    RETURN_IF_FAILED(node);
    if (auto refused = refuse_other_kind(found.front())) {
      return std::move(*refused);
    }
    if (auto refused = refuse_other_image(found.front(), documents)) {
      return std::move(*refused);
    }
    auto planned = plan_value(stream_, *node, tag);
    RETURN_IF_FAILED(planned);
    planned->image = repository_of(found.front());
    return std::vector<PlannedTag>{std::move(*planned)};
  }

 private:
  // What stands beside the tag, as charts have it: `repository`, `digest`.
  std::optional<YamlIndex> beside(const PathPlace& place, std::string_view key) const {
    const auto& nodes = place.walk.nodes;
    return nodes.size() < 2 ? std::nullopt : stream_.find_direct(nodes[nodes.size() - 2], key);
  }

  std::string_view repository_of(const PathPlace& place) const {
    return stream_.text(beside(place, "repository")).value_or("");
  }

  // Whether the image may be called so: as its repository, with or without what stands before that,
  // or as the release.
  bool is_called(const PathPlace& place, std::string_view name) const {
    const std::string_view repository = repository_of(place);
    const std::string_view registry = stream_.text(beside(place, "registry")).value_or("");
    const std::string whole = std::string(registry) + "/" + std::string(repository);
    return repository.empty() || name == name_of(stream_, place.document) || name == whole ||
           name == repository || repository.ends_with("/" + std::string(name));
  }

  std::optional<Failure> refuse_other_image(const PathPlace& place,
                                            const std::vector<YamlIndex>& documents) const {
    if (!place_.image_by_hand || is_called(place, place_.image_name)) {
      return std::nullopt;
    }
    const auto there = image_paths(stream_, documents);
    return stream_.refuse(Code::image_not_found, stream_.offset(place.walk.nodes.back()),
                          "the tag is of the image '" + shown(repository_of(place)) +
                              "', and not of '" + shown(place_.image_name) + "'",
                          path_hint(place_, there), {{"paths", shown_list(there)}});
  }

  void keep_named(std::vector<PathPlace>& found) const {
    std::vector<PathPlace> named = found;
    std::erase_if(named, [&](const PathPlace& place) {
      return name_of(stream_, place.document) != place_.image_name &&
             repository_of(place) != place_.image_name;
    });
    if (!named.empty()) {
      found = std::move(named);
    }
  }

  // An image that is pinned, and a scalar that holds more than a tag.
  std::optional<Failure> refuse_other_kind(const PathPlace& place) const {
    const auto digest = beside(place, "digest");
    if (stream_.text(digest).value_or("").starts_with("sha256:")) {
      return refuse_digest(stream_, *digest, place_.image_name);
    }
    const auto sha = beside(place, "sha");
    if (is_sha(stream_.text(sha).value_or(""))) {
      return refuse_digest(stream_, *sha, place_.image_name, "`sha`");
    }
    const YamlIndex value = place.walk.nodes.back();
    if (auto encrypted = refuse_encrypted_value(stream_, value)) {
      return encrypted;
    }
    const std::string_view text = stream_.text(value).value_or("");
    const bool is_name = !ends_at_tag(path_) && !place_.image_name.empty() &&
                         split_image_reference(text).name == place_.image_name;
    if (is_reference_and_no_tag(text) || is_name) {
      return stream_.refuse(
          Code::bad_manifest, stream_.offset(value),
          "'" + shown(text) +
              "' is an image reference rather than a tag; its group's type is image-reference",
          place_.by_hand ? for_reader("Give {path} (it is ") + shown(path_.text) +
                               "), and use what comes before the tag as the image's name."
                         : "Set the image group's `type` to image-reference and its `imageName` to "
                           "what comes before the tag.");
    }
    return text.empty() ? refuse_repository(place) : std::nullopt;
  }

  // What stands beside each of the tags; empty where there is nothing.
  std::vector<std::string> repositories(const std::vector<PathPlace>& places) const {
    std::vector<std::string> names;
    for (const PathPlace& place : places) {
      const bool there = place.walk.complete(path_);
      names.emplace_back(there ? stream_.text(beside(place, "repository")).value_or("") : "");
    }
    return names;
  }

  // A repository that has a tag or digest of its own would get a second one.
  std::optional<Failure> refuse_repository(const PathPlace& place) const {
    const auto repository = beside(place, "repository");
    const std::string_view text = stream_.text(repository).value_or("");
    return repository ? refuse_own_tag(stream_, *repository, "repository", text) : std::nullopt;
  }

  const YamlSourceMap& stream_;
  const TagLocation& place_;
  const YamlPath& path_;
};

// The documents that the default path is for: the HelmReleases, or else all, as values.
struct Defaults {
  std::vector<YamlIndex> documents;
  std::string_view path;
};

Defaults defaults_for(const YamlSourceMap& stream) {
  std::vector<YamlIndex> releases = stream.documents();
  std::erase_if(releases,
                [&](YamlIndex document) { return kind_of(stream, document) != "HelmRelease"; });
  return releases.empty() ? Defaults{stream.documents(), kValuesPath}
                          : Defaults{std::move(releases), kHelmReleasePath};
}

}  // namespace

Result<std::vector<PlannedTag>> plan_helm_values(const YamlSourceMap& stream,
                                                 const TagLocation& place, const std::string& tag) {
  const Defaults defaults = defaults_for(stream);
  const auto parsed = YamlPath::parse(place.path ? std::string_view(*place.path) : defaults.path);
  if (!parsed) {
    return Failure(parsed.error());
  }
  return ValuePlanner(stream, place, *parsed)
      .plan(place.path ? stream.documents() : defaults.documents, tag);
}

}  // namespace engine
