// What a person or a model asks to be rolled out.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/config/project.h"

namespace engine {

// The longest that a rollout or a status waits for an image to be live.
inline constexpr std::chrono::seconds kMaxWait{600};

struct RolloutRequest {
  static constexpr std::size_t kMaxServices = 50;

  ProjectRequest project;
  std::optional<std::string> service;
  // Several at once, in this order: by one commit, or none of them. Without `service`, `file` and
  // `image_name`.
  std::vector<std::string> services;
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
  // How long to wait for the change to be live; at most kMaxWait; nothing:
  // not at all. Not for a dry run.
  std::optional<std::chrono::seconds> wait = {};
};

}  // namespace engine
