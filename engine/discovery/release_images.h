// The images of HelmReleases, by what they are called: the one that is the release's own has the
// release's name, the others that and the key above them. Pure functions, for any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/manifest/summary.h"

namespace engine {

struct ReleaseImage {
  const HelmTag* tag = nullptr;
  bool is_own = false;  // of what the release is for
  std::string name;
  // Longer names, by keys further above, for where others have that name.
  std::vector<std::string> longer;
};

// `tags`: of one file; those that are not to count are left out. In their order. A release's own is
// `.spec.values.image.tag`, else its only one, else the first whose repository is named like it.
std::vector<ReleaseImage> release_images(const std::vector<const HelmTag*>& tags);

}  // namespace engine
