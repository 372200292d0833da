// Whether a kustomization around an image's entry, or the Flux Kustomization itself, sets the
// image's tag again: what is outermost decides. For one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/effect/head_files.h"
#include "engine/manifest/tag_location.h"

namespace engine {

// What sets the tag again.
struct OuterImage {
  std::string file;
  std::size_t line = 0;
  std::string image;     // as it is called there
  bool by_flux = false;  // set by `spec.images` of the Flux Kustomization
};

// The files around that of the image.
struct OuterFiles {
  const std::string& file;                // that has the image
  const std::vector<std::string>& outer;  // kustomizations, innermost first
  // The Flux Kustomization that applies the last of them, or else the file; null for none, and for
  // one whose own images are not known.
  const YamlSourceMap* flux = nullptr;
  YamlIndex spec = 0;
  std::string flux_file = {};
  std::string flux_path = {};  // the directory that it applies
};

// Names are compared as they are written; an entry whose name is a regular expression counts for
// nothing here. Nothing also for an image that kustomize does not see: a tag in values.
std::optional<OuterImage> find_outer_image(HeadFiles& head, const TagLocation& place,
                                           const OuterFiles& files);

}  // namespace engine
