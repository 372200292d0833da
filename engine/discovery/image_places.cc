#include "engine/discovery/image_places.h"

#include <algorithm>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/discovery/passed_over.h"
#include "engine/discovery/service_namer.h"
#include "engine/manifest/image_pattern.h"
#include "engine/manifest/image_reference.h"

namespace engine {
namespace {

constexpr const char* kHelmValues = "helm-values";
constexpr const char* kImageReference = "image-reference";

constexpr const char* kSetByRenderer =
    "not offered: the release's `postRenderers` set the image's tag again, so a rollout would "
    "change "
    "nothing";

// How often expressions are tried on names; a hostile one takes a millisecond.
constexpr std::size_t kMaxTried = 20'000;

// "papi", and "papi-migrate" for where that is not enough.
std::vector<std::string> names_in(const Workload& workload, const ContainerImage& container) {
  const std::string part =
      container.container.empty() ? last_segment(container.image) : container.container;
  return {workload.name, workload.name + "-" + part};
}

// The path of a tag without the document in front.
std::string_view path_in_values(const HelmTag& tag) {
  const std::string_view path = tag.path;
  return path.substr(std::min(path.find(".spec.values"), path.size()));
}

}  // namespace

ImagePlaces::ImagePlaces(const ManifestTree& tree, const ImageChoice& choice,
                         const LiveReferences& live, const std::stop_token& stop)
    : tree_(tree), own_(tree, choice.prefixes) {
  for (const ManifestFile& file : tree.files()) {
    for (const HelmTag& tag : file.summary.helm_tags) {
      if (!tag.repository.empty() && !tag.is_reference) {
        repositories_.try_emplace({tag.release, path_in_values(tag)}, &tag);
      }
    }
  }
  const ReleaseImages releases(tree, [&](const HelmTag& tag) { return is_offered(tag); });
  for (const ManifestFile& file : tree.files()) {
    if (file.summary.kustomization) {
      find_entries(file, live);
    }
    find_release_groups(file, releases);
  }
  find_references(live, stop);
  find_expressions(live);
  add_references(choice.refusals, stop);
}

const HelmTag& ImagePlaces::with_repository(const HelmTag& tag) const {
  const auto found = tag.repository.empty() ? repositories_.find({tag.release, path_in_values(tag)})
                                            : repositories_.end();
  return found == repositories_.end() ? tag : *found->second;
}

void ImagePlaces::find_entries(const ManifestFile& file, const LiveReferences& live) {
  for (const ImageEntry& entry : file.summary.kustomization->images) {
    if (live.is_expression(entry)) {
      excluded_.push_back({.file = file.path, .image_name = entry.name, .path = {}});
      continue;
    }
    GroupPlace place{.file = file.path, .image_name = entry.name, .path = {}};
    if (own_.may_offer({entry.name, entry.new_name.value_or("")})) {
      add_group({.place = std::move(place), .base = last_segment(entry.name)}, entry.refusal);
    } else {
      pass_over(file, place, false);
    }
  }
}

// A tag may be anybody's; a string that is an image only one of the team's own.
bool ImagePlaces::is_offered(const HelmTag& tag) const {
  return !tag.is_reference || own_.is_own(tag.repository);
}

void ImagePlaces::find_release_groups(const ManifestFile& file, const ReleaseImages& releases) {
  for (const HelmTag& tag : file.summary.helm_tags) {
    if (!is_offered(tag) && !tag.tag.empty()) {
      pass_over(file, place_of_image(file, tag), tag.tag.starts_with('@'));
    }
  }
  for (ReleaseImage& image : releases.of(file)) {
    const HelmTag& tag = *image.tag;
    const std::vector<std::string> names = names_of(with_repository(tag));
    if (own_.has_prefixes() &&
        std::ranges::none_of(names, [&](const std::string& name) { return own_.is_own(name); })) {
      pass_over(file, place_of_image(file, tag), false);
      continue;
    }
    FoundGroup group{.place = place_of_image(file, tag),
                     .base = tag.repository.empty() ? image.name : last_segment(tag.repository),
                     .longer = image.longer,
                     .stand_in = image.name};
    group.longer.insert(group.longer.begin(), image.name);
    if (tag.is_set_again || with_repository(tag).is_set_again) {
      excluded_.push_back(group.place);
      add_group(std::move(group), kSetByRenderer);
    } else if (tag.is_reference) {
      references_[file.path].push_back(std::move(group));
    } else {
      add_group(std::move(group), tag.refusal);
    }
    release_images_[&tag] = std::move(image);
  }
}

void ImagePlaces::pass_over(const ManifestFile& file, const GroupPlace& place, bool pinned) {
  passed_over_.push_back({&file, place.image_name, pinned});
  excluded_.push_back(place);
}

// The images of plain workloads that decide what runs.
void ImagePlaces::find_references(const LiveReferences& live, const std::stop_token& stop) {
  exhausted_ = live.exhausted();
  placeless_ = live.placeless();
  for (const ManifestFile& file : tree_.files()) {
    for (const Workload& workload : file.summary.workloads) {
      for (const ContainerImage& container : workload.containers) {
        if (stop.stop_requested()) {
          return;
        }
        if (live.decides(file, container)) {
          find_reference(file, &workload, container);
        } else if (!exhausted_) {
          excluded_.push_back(place_of_image(file, container));
        }
      }
    }
    for (const PatchOperation& operation : file.summary.operations) {
      if (live.decides(operation)) {
        find_reference(file, nullptr, operation.image);
      }
    }
  }
}

// `workload`: null in a JSON patch.
void ImagePlaces::find_reference(const ManifestFile& file, const Workload* workload,
                                 const ContainerImage& container) {
  const ImageReference image = split_image_reference(container.image);
  if (!own_.is_own(image.name)) {
    pass_over(file, place_of_image(file, container), image.digest.has_value());
    return;
  }
  FoundGroup group{.place = place_of_image(file, container), .base = last_segment(image.name)};
  if (workload != nullptr) {
    group.longer = names_in(*workload, container);
    group.stand_in = group.longer.back();
  }
  references_[file.path].push_back(std::move(group));
}

// Entries whose name is a regular expression: a rollout sets one for the only image that it
// decides, and refuses one that matches another image of the catalog.
void ImagePlaces::find_expressions(const LiveReferences& live) {
  std::map<GroupPlace, const ImageEntry*> wanted;
  for (const ManifestFile& file : tree_.files()) {
    if (!file.summary.kustomization) {
      continue;
    }
    for (const ImageEntry& entry : file.summary.kustomization->images) {
      const auto decides = live.expressions().find({&file, &entry});
      if (decides != live.expressions().end() && decides->second.size() == 1 &&
          own_.may_offer({*decides->second.begin(), entry.new_name.value_or("")})) {
        wanted.emplace(
            GroupPlace{.file = file.path, .image_name = *decides->second.begin(), .path = {}},
            &entry);
      } else if (live.is_expression(entry)) {
        refuse_expression(file.path, entry);
      }
    }
  }
  std::set<std::string> names;
  for (const auto& [place, group] : groups_) {
    names.insert(place.image_name);
  }
  for (const auto& [file, groups] : references_) {
    for (const FoundGroup& group : groups) {
      names.insert(group.place.image_name);
    }
  }
  for (const auto& [place, entry] : wanted) {
    names.insert(place.image_name);
  }
  std::size_t tried = 0;
  for (const auto& [place, entry] : wanted) {
    if (matches_others(*entry, place.image_name, names, tried)) {
      refuse_expression(place.file, *entry);
    } else {
      references_[place.file].push_back({.place = place, .base = last_segment(place.image_name)});
    }
  }
}

void ImagePlaces::refuse_expression(const std::string& file, const ImageEntry& entry) {
  refused_.push_back({file, entry.name,
                      "not offered: kustomize reads the name as a regular expression, which may "
                      "match other images as well"});
}

// Whether the entry is for another image that is offered as well; also where that is too much to
// find out.
bool ImagePlaces::matches_others(const ImageEntry& entry, const std::string& name,
                                 const std::set<std::string>& names, std::size_t& tried) {
  const ImagePattern expression(entry.name);
  return std::ranges::any_of(names, [&](const std::string& other) {
    return ++tried > kMaxTried ||
           (other != name && expression.matches(other) != ImagePattern::Match::no);
  });
}

// Those that a rollout would not refuse.
void ImagePlaces::add_references(const PlaceRefusals& refusals_of, const std::stop_token& stop) {
  for (auto& [file, groups] : references_) {
    std::vector<GroupPlace> places;
    for (const FoundGroup& group : groups) {
      places.push_back(group.place);
    }
    std::vector<std::optional<std::string>> refusals(places.size());
    if (refusals_of && !stop.stop_requested()) {
      refusals = refusals_of(file, places);
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
      add_group(std::move(groups[i]), refusals[i]);
    }
  }
}

void ImagePlaces::add_group(FoundGroup group, const std::optional<std::string>& refusal) {
  if (refusal) {
    refused_.push_back({group.place.file, group.place.image_name, *refusal});
    return;
  }
  GroupPlace place = group.place;
  groups_.emplace(std::move(place), std::move(group));
}

const ReleaseImage* ImagePlaces::release_image(const HelmTag& tag) const {
  const auto found = release_images_.find(&tag);
  return found == release_images_.end() ? nullptr : &found->second;
}

std::vector<std::string> ImagePlaces::passed_over(
    const std::function<bool(const std::string&)>& is_looked_at) const {
  PassedOver counts;
  for (const auto& [file, image, pinned] : passed_over_) {
    if (is_looked_at(file->path) && pinned) {
      counts.add_pinned(image);
    } else if (is_looked_at(file->path)) {
      counts.add_foreign(image);
    }
  }
  for (const auto& [file, image] : placeless_) {
    if (is_looked_at(file->path)) {
      counts.add_patched(image);
    }
  }
  for (const ManifestFile& file : tree_.files()) {
    const ManifestSummary& summary = file.summary;
    const bool any = summary.tags_in_values > 0 || !summary.unknown_kinds.empty();
    if (!any || !is_looked_at(file.path) || is_in_chart(tree_, file.path)) {
      continue;
    }
    if (summary.tags_in_values > 0) {
      counts.add_values(file.path, summary.tags_in_values);
    }
    for (const std::string& kind : summary.unknown_kinds) {
      counts.add_unknown(kind);
    }
  }
  return counts.told(own_.has_prefixes());
}

GroupPlace place_of_image(const ManifestFile& file, const HelmTag& tag) {
  const std::string image = tag.repository.empty() ? tag.release : tag.repository;
  return {.type = tag.is_reference ? kImageReference : kHelmValues,
          .file = file.path,
          .image_name = image,
          .path = tag.path};
}

GroupPlace place_of_image(const ManifestFile& file, const ContainerImage& container) {
  return {.type = kImageReference,
          .file = file.path,
          .image_name = std::string(split_image_reference(container.image).name),
          .path = container.path};
}

std::optional<GroupPlace> place_of_image(const ReachedImage& image) {
  if (image.entry != nullptr) {
    return GroupPlace{.file = image.file->path,
                      .image_name = image.matched.empty() ? image.entry->name : image.matched,
                      .path = {}};
  }
  return image.written == nullptr
             ? std::nullopt
             : std::optional(place_of_image(*image.written_in, *image.written));
}

bool is_in_chart(const ManifestTree& tree, std::string path) {
  while (!path.empty()) {
    path = directory_of(path);
    if (tree.find(path.empty() ? "Chart.yaml" : path + "/Chart.yaml") != nullptr) {
      return true;
    }
  }
  return false;
}

}  // namespace engine
