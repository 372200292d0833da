// Which image tags of HelmReleases reach the cluster: a kustomization can patch a release that it
// builds on, and then what the release says itself changes nothing. Refers to the tree, which must
// outlive it; belongs to one thread.
#pragma once

#include <cstddef>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/discovery/kustomize_graph.h"
#include "engine/manifest/tree.h"

namespace engine {

class ReleaseTags {
 public:
  explicit ReleaseTags(const ManifestTree& tree);

  // Notes a HelmRelease that a kustomization builds. Takes time in proportion to its patches.
  void reach(const ReachedWorkload& release);
  // Whether the tag was reached at least once, and each time another one stood in its place.
  bool is_always_replaced(const ManifestFile& file, const HelmTag& tag) const;
  // Whether it was reached at least once without another one in its place.
  bool has_effect(const ManifestFile& file, const HelmTag& tag) const;

 private:
  using Release = std::pair<const ManifestFile*, std::string_view>;
  using Standing = std::map<std::string_view, const HelmTag*>;  // those that hold, by path
  Standing own_tags(const ReachedWorkload& release) const;
  void take_away(const PatchOperation& operation, Standing& standing);
  std::size_t reached(const ManifestFile& file, const HelmTag& tag) const;
  std::size_t replaced(const HelmTag& tag) const;

  // The tags by file, release and path in the release.
  std::map<std::tuple<const ManifestFile*, std::string_view, std::string_view>, const HelmTag*>
      tags_;
  std::map<Release, std::size_t> releases_;           // how often each was reached as it is
  std::map<const HelmTag*, std::size_t> as_patches_;  // how often each was reached as a patch
  std::map<const HelmTag*, std::size_t> replaced_;
};

}  // namespace engine
