// The place in a manifest to which a path leads, whatever is to be done there: which document is
// meant, whether the way is free of aliases, and what is there instead where it leads nowhere.
// Internal to set_image_tag(). Refers to the stream and the path, which must outlive it; for any
// thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/edit_plan.h"
#include "engine/yaml/path.h"

namespace engine {

// A document and how far the path leads in it.
struct PathPlace {
  YamlIndex document = 0;
  YamlWalk walk;
};

class PathPlaces {
 public:
  // Of `documents`, those that the path's selectors name.
  PathPlaces(const YamlSourceMap& stream, const YamlPath& path,
             const std::vector<YamlIndex>& documents);

  // The documents in which the path leads to its end, or an obstacle is in the way.
  const std::vector<PathPlace>& found() const { return found_; }

  // The node at the end of the path; `bad_manifest` for an obstacle on the way, and where an alias
  // elsewhere would change too.
  Result<TagNode> node(const PathPlace& place) const;

  // Refuses several documents, with their lines. `image_names`: what each of them names as its
  // image, where that would tell which is meant.
  Failure refuse_several(const std::vector<PathPlace>& places,
                         const std::vector<std::string>& image_names = {}) const;

  // Says how far the path leads; with `hint`, or what to do where nothing else is known.
  Failure not_found(std::string hint = {}) const;

 private:
  std::string several_hint(const std::vector<YamlIndex>& documents,
                           const std::vector<std::string>& image_names) const;

  const YamlSourceMap& stream_;
  const YamlPath& path_;
  std::vector<PathPlace> all_;
  std::vector<PathPlace> found_;
};

// The paths of what looks like an image's tag, or an image reference in one string, in those
// documents; the first of many. Each can be given as `path`.
std::vector<std::string> image_paths(const YamlSourceMap& stream,
                                     const std::vector<YamlIndex>& documents);

// Whether a key is called an image: `image`, `sidecarImage`.
bool names_image(std::string_view key);
// Whether the path ends at a key that is called a tag: `tag`, `imageTag`.
bool ends_at_tag(const YamlPath& path);

// `kind` and `metadata.name` of a document; empty where there is none.
std::string_view kind_of(const YamlSourceMap& stream, YamlIndex document);
std::string_view name_of(const YamlSourceMap& stream, YamlIndex document);

}  // namespace engine
