// Where in a manifest the tag of an image stands, as a catalog or a person says it.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace engine {

// Where the tag stands: the part of a catalog's image group that says so.
struct TagLocation {
  // "kustomize-images", "helm-values" or "image-reference"; another is `unsupported_type`.
  std::string type = "kustomize-images";
  // kustomize-images: the `name` of the entry; image-reference: what stands before the tag. Both
  // are compared whole.
  std::string image_name;
  // helm-values, image-reference: where in the document, see engine/yaml/path.h.
  std::optional<std::string> path;
  // The file was given by hand: `type` does not count, what the file is decides.
  bool by_hand = false;
  // With `by_hand`: the image was named by hand as well, so a tag of another image is not meant.
  bool image_by_hand = false;
  // With `by_hand`: where the catalog's entry has the tag, which is the usual place if it leads
  // somewhere in this file.
  std::optional<std::string> usual_path = {};
  // The names of the catalog's images. An entry of `images` whose name is a regular expression must
  // match none of them but `image_name`.
  std::vector<std::string> catalog_images = {};
};

}  // namespace engine
