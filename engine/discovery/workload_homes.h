// Which image group each workload is at home in, which other groups it runs an image of, and where
// it is applied. Refers to what it is made of and fills the groups. For one thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/discovery/flux_layers.h"
#include "engine/discovery/flux_objects.h"
#include "engine/discovery/image_group.h"
#include "engine/discovery/image_places.h"
#include "engine/discovery/release_tags.h"
#include "engine/manifest/tree.h"

namespace engine {

class WorkloadHomes {
 public:
  WorkloadHomes(const ManifestTree& tree, const FluxObjects& flux, const FluxLayers& layers,
                const ImagePlaces& places, ReleaseTags& tags,
                std::map<GroupPlace, FoundGroup>& groups)
      : tree_(tree), flux_(flux), layers_(layers), places_(places), tags_(tags), groups_(groups) {}

  // Places what the kustomization of `root`, or a layer, builds.
  void place_built(const std::string& root, const std::vector<ReachedWorkload>& built);
  // Then: groups of HelmReleases, and groups that no workload runs or is at home in. A service
  // stands for each, so that it can be rolled out.
  void place_unreached();

 private:
  Site site_of_root(const std::string& root) const;
  Site site_of(const std::string& directory) const;
  Site site_of_file(const std::string& path) const;
  FoundGroup* group_of(const ReachedImage& image) const;
  void place_workload(const ReachedWorkload& workload, const Site& site);
  void place_plain(const ManifestFile& file, const Workload& workload);
  void place_release(const ManifestFile& file, const HelmTag& tag);
  void stand_in_for_the_rest();

  const ManifestTree& tree_;
  const FluxObjects& flux_;
  const FluxLayers& layers_;
  const ImagePlaces& places_;
  ReleaseTags& tags_;
  std::map<GroupPlace, FoundGroup>& groups_;
  std::map<std::pair<std::string, std::string>, Site> releases_;  // by file and name
};

}  // namespace engine
