#include "engine/discovery/release_images.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/discovery/service_namer.h"
#include "engine/manifest/edit_place.h"
#include "engine/yaml/path.h"

namespace engine {
namespace {

// Keys above `spec.values`, which every image of a release has.
constexpr std::size_t kRootSteps = 2;

// What the image's own key says besides that it is one: "sidecarImage" -> "sidecar".
std::string without_image(std::string key) {
  constexpr std::size_t kSize = std::string_view("image").size();
  if (names_image(key)) {
    key.resize(key.size() - kSize);
    while (key.ends_with('-') || key.ends_with('_')) {
      key.pop_back();
    }
  }
  return key;
}

// What stands above the image in the values, nearest first; items of lists by their names.
std::vector<std::string> words_above(const HelmTag& tag) {
  std::vector<std::string> words;
  const auto path = YamlPath::parse(tag.path);
  if (!path) {
    return words;
  }
  std::vector<YamlStep> steps = path->steps;
  if (!tag.is_reference) {
    steps.pop_back();
  }
  bool is_image = true;
  while (steps.size() > kRootSteps) {
    const YamlStep step = std::move(steps.back());
    steps.pop_back();
    std::string word = step.kind == YamlStep::Kind::match ? step.value : step.key;
    if (is_image && step.kind == YamlStep::Kind::key) {
      word = without_image(std::move(word));
      is_image = false;
    }
    if (!word.empty()) {
      words.push_back(std::move(word));
    }
  }
  return words;
}

// What a JSON patch changes that says what the release's own image is.
constexpr std::array<std::string_view, 5> kImagePointers = {
    "/spec/values/image", "/spec/values/image/repository", "/spec/values/image/name",
    "/spec/values/image/tag", "/spec/values/image/digest"};

constexpr std::string_view kValues = ".spec.values";

// The path of a tag within the release.
std::string_view path_in_release(const HelmTag& tag) {
  const std::string_view path = tag.path;
  return path.substr(std::min(path.find(kValues), path.size()));
}

// Whether the release's chart takes it for its image, whatever else there is.
bool is_usual(const HelmTag& tag) {
  return path_in_release(tag) ==
         (tag.is_reference ? ".spec.values.image" : ".spec.values.image.tag");
}

bool is_below_usual(const HelmTag& tag) {
  return path_in_release(tag).starts_with(".spec.values.image.");
}

bool is_namesake(const HelmTag& tag) {
  return last_segment(tag.repository) == tag.release;
}

ReleaseImage named(const HelmTag& tag, bool is_own) {
  ReleaseImage image{&tag, is_own, tag.release, {}};
  if (is_own) {
    return image;
  }
  const std::vector<std::string> words = words_above(tag);
  std::string tail;
  for (const std::string& word : words) {
    tail.insert(0, "-" + word);
    image.longer.push_back(tag.release + tail);
  }
  if (image.longer.empty()) {
    image.longer.push_back(tag.release + "-image");
  }
  image.name = image.longer.front();
  image.longer.erase(image.longer.begin());
  return image;
}

}  // namespace

ReleaseImages::ReleaseImages(const ManifestTree& tree, const IsOffered& is_offered)
    : is_offered_(is_offered) {
  for (const ManifestFile& file : tree.files()) {
    if (file.summary.kustomization) {
      note_patches(tree, file, *file.summary.kustomization);
    }
    for (const auto& [index, additions] : file.summary.flux_additions) {
      note_patches(tree, file, additions);
    }
  }
  for (const ManifestFile& file : tree.files()) {
    note_file(file);
  }
  for (const ManifestFile& file : tree.files()) {
    decide_base(file);
  }
}

void ReleaseImages::note_patches(const ManifestTree& tree, const ManifestFile& file,
                                 const KustomizationFile& kustomization) {
  for (const ImagePatch& patch : kustomization.patches) {
    if (patch.file.empty()) {
      note_inline(patch);
      continue;
    }
    const auto path = resolve_path(directory_of(file.path), patch.file);
    const ManifestFile* const manifest = path ? tree.find(*path) : nullptr;
    if (manifest != nullptr) {
      patches_.insert(manifest);
      note_operations(manifest->summary.operations, patch);
    }
  }
}

void ReleaseImages::note_inline(const ImagePatch& patch) {
  note_operations(patch.content.operations, patch);
  for (const Workload& workload : patch.content.workloads) {
    if (workload.has_own_image) {
      const bool is_named = patch.target && !patch.target->name.empty();
      releases_[is_named ? patch.target->name : workload.name].patch_has_image = true;
    }
  }
}

void ReleaseImages::note_operations(const std::vector<PatchOperation>& operations,
                                    const ImagePatch& patch) {
  const bool sets_image = std::ranges::any_of(operations, [](const PatchOperation& operation) {
    return std::ranges::find(kImagePointers, operation.pointer) != kImagePointers.end();
  });
  if (sets_image && patch.target) {
    releases_[patch.target->name].patch_has_image = true;
  }
}

void ReleaseImages::note_file(const ManifestFile& file) {
  const bool is_patch = patches_.contains(&file);
  for (const Workload& workload : file.summary.workloads) {
    if (workload.has_own_image) {
      Release& release = releases_[workload.name];
      (is_patch ? release.patch_has_image : release.base_has_image) = true;
    }
  }
  for (const HelmTag& tag : file.summary.helm_tags) {
    Release& release = releases_[tag.release];
    if (is_offered_(tag)) {
      (is_patch ? release.patch_paths : release.base_paths).insert(path_in_release(tag));
    }
  }
}

void ReleaseImages::decide_base(const ManifestFile& file) {
  if (patches_.contains(&file)) {
    return;
  }
  for (const Part& part : parts_of(file)) {
    if (const HelmTag* const own = own_of(part)) {
      releases_.at(own->release).own_paths.insert(path_in_release(*own));
    }
  }
}

std::vector<ReleaseImages::Part> ReleaseImages::parts_of(const ManifestFile& file) const {
  std::map<std::pair<std::string, std::string>, Part> parts;
  for (const HelmTag& tag : file.summary.helm_tags) {
    parts[{tag.namespace_name.value_or(""), tag.release}].tags.push_back(&tag);
  }
  std::set<std::string_view> with_image;
  for (const Workload& workload : file.summary.workloads) {
    if (workload.has_own_image) {
      with_image.insert(workload.name);
    }
  }
  std::vector<Part> all;
  for (auto& [release, part] : parts) {
    part.is_patch = patches_.contains(&file);
    part.has_image = with_image.contains(release.second);
    all.push_back(std::move(part));
  }
  return all;
}

const HelmTag* ReleaseImages::own_of(const Part& part) const {
  const auto first = [&](const auto& is) {
    const auto found =
        std::ranges::find_if(part.tags, [&](const HelmTag* tag) { return is(*tag); });
    return found == part.tags.end() ? nullptr : *found;
  };
  if (const HelmTag* const usual = first(is_usual)) {
    return usual;
  }
  const Release& release = releases_.at(part.tags.front()->release);
  if (part.is_patch && !release.own_paths.empty()) {
    return first(
        [&](const HelmTag& tag) { return release.own_paths.contains(path_in_release(tag)); });
  }
  const HelmTag* const only = only_of(part, release);
  return only != nullptr ? only : first(is_namesake);
}

// The only one that is offered, where nothing shows that another is the release's own.
const HelmTag* ReleaseImages::only_of(const Part& part, const Release& release) const {
  std::vector<const HelmTag*> offered;
  std::ranges::copy_if(part.tags, std::back_inserter(offered),
                       [&](const HelmTag* tag) { return is_offered_(*tag); });
  if (offered.size() != 1) {
    return nullptr;
  }
  const HelmTag& only = *offered.front();
  if (is_namesake(only) || is_below_usual(only)) {
    return &only;
  }
  const bool has_image =
      part.has_image || release.patch_has_image || (part.is_patch && release.base_has_image) ||
      std::ranges::any_of(part.tags, [](const HelmTag* tag) { return is_namesake(*tag); });
  // What the rest of the release has: its base, or its patches.
  const auto& rest = part.is_patch ? release.base_paths : release.patch_paths;
  const bool is_alone = std::ranges::all_of(
      rest, [&](std::string_view path) { return path == path_in_release(only); });
  return has_image || !is_alone ? nullptr : &only;
}

std::vector<ReleaseImage> ReleaseImages::of(const ManifestFile& file) const {
  std::set<const HelmTag*> own;
  for (const Part& part : parts_of(file)) {
    own.insert(own_of(part));
  }
  std::vector<ReleaseImage> images;
  for (const HelmTag& tag : file.summary.helm_tags) {
    if (is_offered_(tag)) {
      images.push_back(named(tag, own.contains(&tag)));
    }
  }
  return images;
}

}  // namespace engine
