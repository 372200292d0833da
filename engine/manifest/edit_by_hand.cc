// What a file that was named by hand is, and so how it is edited.
#include <algorithm>
#include <utility>

#include "engine/base/reader_word.h"
#include "engine/manifest/edit_place.h"
#include "engine/manifest/image_reference.h"
#include "engine/manifest/manifest_path.h"

namespace engine {
namespace {

constexpr std::string_view kKustomizeApi = "kustomize.config.k8s.io/";

enum class FileKind { kustomization, helm_release, values, other };

// An object of kustomize, whose `apiVersion` may be left out; Flux has a Kustomization of its own.
bool is_kustomization(const YamlSourceMap& stream, YamlIndex document) {
  const auto api = stream.text(stream.find_direct(document, "apiVersion"));
  const std::string_view kind = kind_of(stream, document);
  return api ? api->starts_with(kKustomizeApi) : kind == "Kustomization" || kind == "Component";
}

// A list of what looks like entries of a kustomization that does not say what it is.
bool has_image_entries(const YamlSourceMap& stream, YamlIndex document) {
  const auto images = stream.find_direct(document, "images");
  return images && std::ranges::any_of(stream.children(*images), [&](YamlIndex entry) {
           return stream.find_direct(stream.resolved(entry), "name").has_value();
         });
}

FileKind kind_of_file(std::string_view file, const YamlSourceMap& stream) {
  const auto& documents = stream.documents();
  const auto any = [&](const auto& is) { return std::ranges::any_of(documents, is); };
  if (is_kustomization_path(file) ||
      any([&](YamlIndex document) { return is_kustomization(stream, document); })) {
    return FileKind::kustomization;
  }
  if (any([&](YamlIndex document) { return kind_of(stream, document) == "HelmRelease"; })) {
    return FileKind::helm_release;
  }
  if (any([&](YamlIndex document) { return !kind_of(stream, document).empty(); })) {
    return FileKind::other;
  }
  return any([&](YamlIndex document) { return has_image_entries(stream, document); })
             ? FileKind::kustomization
             : FileKind::values;
}

// Whether the path leads to an image reference in one string: a key that is called an image has
// nothing else, and what is under another key shows it.
bool leads_to_reference(const YamlSourceMap& stream, const TagLocation& place,
                        const YamlPath& path) {
  const PathPlaces places(stream, path, stream.documents());
  return std::ranges::any_of(places.found(), [&](const PathPlace& found) {
    if (!found.walk.obstacle.empty()) {
      return false;
    }
    const auto text = stream.text(found.walk.nodes.back());
    const bool is_name = text == place.image_name && !ends_at_tag(path);
    return names_image(path.steps.back().key) || is_name ||
           (text && is_reference_and_no_tag(*text));
  });
}

bool leads_somewhere(const YamlSourceMap& stream, const std::string& path) {
  const auto parsed = YamlPath::parse(path);
  return parsed && !PathPlaces(stream, *parsed, stream.documents()).found().empty();
}

Failure refuse_without_path(const YamlSourceMap& stream, const TagLocation& place) {
  const auto there = image_paths(stream, stream.documents());
  return stream.refuse(Code::image_not_found, 0,
                       "the file is neither a kustomization, nor a HelmRelease or values, so the "
                       "place of the image in it must be given",
                       path_hint(place, there), {{"paths", shown_list(there)}});
}

// What a person may name in one document by a path: the values of a HelmRelease, any scalar of a
// file of values, and an image reference elsewhere. The rest decides more than what image runs, and
// may be a secret.
class NamedPlace {
 public:
  NamedPlace(const YamlSourceMap& stream, const TagLocation& place, const YamlPath& path)
      : stream_(stream), place_(place), path_(path) {}

  std::optional<Failure> refuse() const {
    const PathPlaces places(stream_, path_, stream_.documents());
    for (const PathPlace& found : places.found()) {
      if (auto refused = refuse_in(found)) {
        return refused;
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<Failure> refuse_in(const PathPlace& found) const {
    const std::string_view kind = kind_of(stream_, found.document);
    if (kind == "Secret" || kind == "ConfigMap") {
      return refuse_at(found, "a rollout sets nothing in a " + std::string(kind),
                       "Name the file that contains the image's tag.");
    }
    if (kind == "HelmRelease") {
      return is_below_values() ? std::nullopt
                               : std::optional(refuse_at(found,
                                                         "'" + shown(path_.text) +
                                                             "' is not below .spec.values, where a "
                                                             "HelmRelease has its tags",
                                                         hint()));
    }
    const bool is_object = !kind.empty() && stream_.find_direct(found.document, "apiVersion");
    if (!is_object || !found.walk.obstacle.empty() || may_be_reference(found)) {
      return std::nullopt;
    }
    return refuse_at(found,
                     "'" + shown(path_.text) +
                         "' leads to no image reference, and a rollout sets nothing else in an "
                         "object of kind '" +
                         shown(kind) + "'",
                     hint());
  }

  bool is_below_values() const {
    const auto& steps = path_.steps;
    const auto is = [&](std::size_t index, std::string_view key) {
      return steps[index].kind == YamlStep::Kind::key && steps[index].key == key;
    };
    return steps.size() > 2 && is(0, "spec") && is(1, "values");
  }

  // The editor says what is wrong with what stands at a key that is called an image.
  bool may_be_reference(const PathPlace& found) const {
    const std::string_view text =
        stream_.text(found.walk.nodes.back()).value_or(std::string_view());
    return names_image(path_.steps.back().key) ||
           (is_reference_and_no_tag(text) && may_be_image_reference(text));
  }

  Failure refuse_at(const PathPlace& found, const std::string& what, std::string hint) const {
    return stream_.refuse(Code::bad_path, stream_.offset(found.walk.nodes.back()), what,
                          std::move(hint));
  }

  std::string hint() const { return path_hint(place_, image_paths(stream_, stream_.documents())); }

  const YamlSourceMap& stream_;
  const TagLocation& place_;
  const YamlPath& path_;
};

}  // namespace

Result<TagLocation> place_by_file(std::string_view file, const YamlSourceMap& stream,
                                  const TagLocation& place) {
  TagLocation decided = place;
  const FileKind kind = kind_of_file(file, stream);
  if (kind == FileKind::kustomization) {
    if (place.path) {
      return stream.refuse(
          Code::bad_path, 0, "a kustomization's images are found by their names, not by a path",
          for_reader("Leave {path} out, and give the image name of the entry in `images`."));
    }
    decided.type = "kustomize-images";
    return decided;
  }
  decided.type = "helm-values";
  if (!place.path && place.usual_path && leads_somewhere(stream, *place.usual_path)) {
    decided.path = place.usual_path;
  }
  if (!decided.path) {
    return kind == FileKind::other ? Result<TagLocation>(refuse_without_path(stream, place))
                                   : decided;
  }
  auto path = YamlPath::parse(*decided.path);
  RETURN_IF_FAILED(path);
  if (auto refused = NamedPlace(stream, place, *path).refuse()) {
    return std::move(*refused);
  }
  if (leads_to_reference(stream, place, *path)) {
    decided.type = "image-reference";
  }
  return decided;
}

}  // namespace engine
