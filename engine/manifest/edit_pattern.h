// The entries of a kustomization's `images` whose names kustomize reads as regular expressions:
// which of them it applies to our image, and whether one of these sets other images as well.
// Internal to set_image_tag(). Refers to the stream and the place, which must outlive it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/manifest/edit_plan.h"

namespace engine {

class PatternEntries {
 public:
  PatternEntries(const YamlSourceMap& stream, const TagLocation& place)
      : stream_(stream), place_(place) {}

  // Of `entries` of one list, in order, those that decide our image's tag. `own` are those that
  // have our name; they are among them. An expression counts where no entry has our name, or where
  // it comes after the last of these and sets a tag or digest, which kustomize then applies last.
  // Refused where an expression matches another image of the catalog too.
  Result<std::vector<YamlIndex>> deciding(const std::vector<YamlIndex>& entries,
                                          const std::vector<YamlIndex>& own);

 private:
  bool sets_image(YamlIndex entry) const;
  Result<bool> applies(YamlIndex entry, std::string_view name);
  std::optional<Failure> refuse_others(YamlIndex entry, std::string_view name) const;

  const YamlSourceMap& stream_;
  const TagLocation& place_;
  std::size_t tried_ = 0;
};

}  // namespace engine
