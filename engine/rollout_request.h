// What a person or a model asks to be rolled out.
#pragma once

#include <optional>
#include <string>

#include "engine/base/image_tag.h"
#include "engine/config/project.h"

namespace engine {

struct RolloutRequest {
  ProjectRequest project;
  std::optional<std::string> service;
  bool dry_run = false;
  // Given, neither gh nor HEAD is asked.
  std::optional<ImageTag> tag;
  std::optional<PrNumber> pr_number;
  // "Provide the file path manually": relative to the Flux repository's root; stands in for a
  // catalog entry.
  std::optional<std::string> file;
  // Default: the service's, or else the service's name.
  std::optional<std::string> image_name;
  // Where in `file` the tag or the image reference stands, see engine/yaml/path.h; only with
  // `file`. Default: where a HelmRelease or values usually have the tag.
  std::optional<std::string> path;
  // Refuse unless the pull request's own checks are green. Without it they are not even requested.
  bool verify_pipeline = false;
};

}  // namespace engine
