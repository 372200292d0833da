// The places in manifests where a rollout can set the tag of one of the team's images, as image
// groups without names and services; and what is passed over on the way. For one thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/discovery/image_choice.h"
#include "engine/discovery/image_group.h"
#include "engine/discovery/kustomize_graph.h"
#include "engine/discovery/live_references.h"
#include "engine/discovery/own_images.h"
#include "engine/discovery/release_images.h"
#include "engine/manifest/tree.h"

namespace engine {

class ImagePlaces {
 public:
  // Finds all of them. Refers to the tree, which must outlive it. Once `stop` was requested what is
  // found is not complete.
  ImagePlaces(const ManifestTree& tree, const ImageChoice& choice, const LiveReferences& live,
              const std::stop_token& stop);

  std::map<GroupPlace, FoundGroup> take_groups() { return std::move(groups_); }
  // Places that are there and are not offered, some perhaps twice.
  std::vector<GroupPlace> take_excluded() { return std::move(excluded_); }
  // Places that a rollout would refuse.
  const std::vector<SkippedItem>& refused() const { return refused_; }
  // What the image of a release is called; null if it is not offered.
  const ReleaseImage* release_image(const HelmTag& tag) const;
  // Sentences that count what is not offered in the files that are looked at.
  std::vector<std::string> passed_over(
      const std::function<bool(const std::string&)>& is_looked_at) const;
  // Whether there was too much to find all.
  bool exhausted() const { return exhausted_; }

 private:
  // An image that is not offered: where it stands, its name, whether a digest pins it.
  struct NotOffered {
    const ManifestFile* file;
    std::string image;
    bool pinned;
  };

  // The tag itself, or the one that it is set over in another file: an overlay's patch of a release
  // has a tag and no repository.
  const HelmTag& with_repository(const HelmTag& tag) const;

  void find_entries(const ManifestFile& file, const LiveReferences& live);
  void find_release_groups(const ManifestFile& file, const ReleaseImages& releases);
  bool is_offered(const HelmTag& tag) const;
  void find_references(const LiveReferences& live, const std::stop_token& stop);
  void find_reference(const ManifestFile& file, const Workload* workload,
                      const ContainerImage& container);
  void find_expressions(const LiveReferences& live);
  void refuse_expression(const std::string& file, const ImageEntry& entry);
  static bool matches_others(const ImageEntry& entry, const std::string& name,
                             const std::set<std::string>& names, std::size_t& tried);
  void pass_over(const ManifestFile& file, const GroupPlace& place, bool pinned);
  void add_references(const PlaceRefusals& refusals_of, const std::stop_token& stop);
  void add_group(FoundGroup group, const std::optional<std::string>& refusal);

  const ManifestTree& tree_;
  OwnImages own_;
  std::map<GroupPlace, FoundGroup> groups_;
  std::vector<GroupPlace> excluded_;
  std::vector<SkippedItem> refused_;
  std::map<std::pair<std::string, std::string_view>, const HelmTag*>
      repositories_;  // by release, path
  std::map<const HelmTag*, ReleaseImage> release_images_;
  std::map<std::string, std::vector<FoundGroup>> references_;  // by file, before they are tried
  std::vector<NotOffered> passed_over_;
  std::set<std::pair<const ManifestFile*, std::string>> placeless_;  // see LiveReferences
  bool exhausted_ = false;
};

// The place of an image in a HelmRelease's values, and of one that a container names.
GroupPlace place_of_image(const ManifestFile& file, const HelmTag& tag);
GroupPlace place_of_image(const ManifestFile& file, const ContainerImage& container);
// Where the image of a built workload has its tag; nothing where that is no place of its own.
std::optional<GroupPlace> place_of_image(const ReachedImage& image);

// Whether a file is part of a helm chart that is in the tree.
bool is_in_chart(const ManifestTree& tree, std::string path);

}  // namespace engine
