// The images of HelmReleases, by what they are called: the one that is the release's own has the
// release's name, the others that and the key above them. Which one is its own is decided for the
// whole release: what a kustomization patches, in a file or in place, belongs to what it patches.
// Refers to the tree, which must outlive it. Immutable, for any thread.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/manifest/summary.h"
#include "engine/manifest/tree.h"

namespace engine {

struct ReleaseImage {
  const HelmTag* tag = nullptr;
  bool is_own = false;  // of what the release is for
  std::string name;
  // Longer names, by keys further above, for where others have that name.
  std::vector<std::string> longer;
};

class ReleaseImages {
 public:
  using IsOffered = std::function<bool(const HelmTag&)>;
  ReleaseImages(const ManifestTree& tree, const IsOffered& is_offered);

  // Those of a file that are offered, in their order. A release's own is `.spec.values.image`,
  // offered or not; else its only one, unless it has an image of its own elsewhere; else the first
  // whose repository is named like it.
  std::vector<ReleaseImage> of(const ManifestFile& file) const;

 private:
  // What is known of all releases of a name together.
  struct Release {
    bool base_has_image = false;            // one that is no patch says what its own image is
    bool patch_has_image = false;           // a patch says so
    std::set<std::string_view> base_paths;  // of what is offered, within the release
    std::set<std::string_view> patch_paths;
    std::set<std::string_view> own_paths;  // of what is a base's own
  };
  // The tags of one release in one file.
  struct Part {
    bool is_patch = false;
    bool has_image = false;  // the file says what the release's own image is
    std::vector<const HelmTag*> tags;
  };

  void note_patches(const ManifestTree& tree, const ManifestFile& file,
                    const KustomizationFile& kustomization);
  void note_inline(const ImagePatch& patch);
  void note_operations(const std::vector<PatchOperation>& operations, const ImagePatch& patch);
  void note_file(const ManifestFile& file);
  void decide_base(const ManifestFile& file);
  std::vector<Part> parts_of(const ManifestFile& file) const;
  const HelmTag* own_of(const Part& part) const;
  const HelmTag* only_of(const Part& part, const Release& release) const;

  IsOffered is_offered_;
  std::set<const ManifestFile*> patches_;                 // the files that are patches
  std::map<std::string, Release, std::less<>> releases_;  // by name
};

}  // namespace engine
