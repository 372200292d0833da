#include "engine/place_trial.h"

#include <algorithm>
#include <cstddef>

#include "engine/base/repository_path.h"
#include "engine/manifest/edit.h"

namespace engine {
namespace {

// In bytes times places: a part of what check_tag_places() takes.
constexpr std::size_t kMaxSearched = 20'000'000;

TagLocation tag_place(const GroupPlace& place) {
  TagLocation tag{.type = place.type, .image_name = place.image_name, .path = {}};
  if (!place.path.empty()) {
    tag.path = place.path;
  }
  return tag;
}

}  // namespace

std::vector<std::optional<std::string>> PlaceTrial::refusals(
    const std::string& file, const std::vector<GroupPlace>& places,
    const std::optional<std::string>& untried) const {
  std::vector<std::optional<std::string>> refusals(places.size());
  auto path = RepositoryPath::parse(file, "file");
  const auto bytes =
      path ? repository_.read_file(commit_, *path) : Result<std::string>(failure_of(path));
  if (!bytes) {
    if (bytes.error().code != Code::internal) {
      std::ranges::fill(refusals, bytes.error().message);
    }
    return refusals;
  }
  const std::size_t most = std::min(places.size(), 1 + kMaxSearched / (bytes->size() + 1));
  std::vector<TagLocation> tags;
  tags.reserve(most);
  for (std::size_t i = 0; i < most; ++i) {
    tags.push_back(tag_place(places[i]));
  }
  std::fill(refusals.begin() + static_cast<std::ptrdiff_t>(most), refusals.end(), untried);
  const auto errors = check_tag_places(file, *bytes, tags, stop_);
  for (std::size_t i = 0; i < errors.size(); ++i) {
    if (errors[i]) {
      refusals[i] = errors[i]->message;
    }
  }
  return refusals;
}

DefectCheck::DefectCheck(const PlaceTrial& trial, const KnownNames& known) : trial_(trial) {
  for (const GroupPlace& place : known.places) {
    places_[place.file].push_back(place);
  }
}

std::optional<std::string> DefectCheck::defect_of(const GroupPlace& place) {
  const auto unread = places_.find(place.file);
  if (unread != places_.end()) {
    const auto refusals = trial_.refusals(unread->first, unread->second, std::nullopt);
    for (std::size_t i = 0; i < refusals.size(); ++i) {
      if (refusals[i]) {
        defects_.emplace(unread->second[i], *refusals[i]);
      }
    }
    places_.erase(unread);
  }
  const auto found = defects_.find(place);
  return found == defects_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace engine
