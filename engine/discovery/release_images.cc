#include "engine/discovery/release_images.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

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

// Whether the release's chart takes it for its image, whatever else there is.
bool is_usual(const HelmTag& tag) {
  return tag.path.ends_with(tag.is_reference ? ".spec.values.image" : ".spec.values.image.tag");
}

std::optional<std::size_t> find_own(const std::vector<const HelmTag*>& tags,
                                    const std::vector<std::size_t>& members) {
  const auto usual =
      std::ranges::find_if(members, [&](std::size_t member) { return is_usual(*tags[member]); });
  if (usual != members.end()) {
    return *usual;
  }
  if (members.size() == 1) {
    return members.front();
  }
  const auto namesake = std::ranges::find_if(members, [&](std::size_t member) {
    return last_segment(tags[member]->repository) == tags[member]->release;
  });
  return namesake == members.end() ? std::nullopt : std::optional(*namesake);
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

std::vector<ReleaseImage> release_images(const std::vector<const HelmTag*>& tags) {
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> releases;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    releases[{tags[i]->namespace_name.value_or(""), tags[i]->release}].push_back(i);
  }
  std::vector<ReleaseImage> images(tags.size());
  for (const auto& [release, members] : releases) {
    const auto own = find_own(tags, members);
    for (const std::size_t member : members) {
      images[member] = named(*tags[member], own == member);
    }
  }
  return images;
}

}  // namespace engine
