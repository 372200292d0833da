// Which images of a Flux repository may become groups.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/discovery/image_group.h"

namespace engine {

// Why a rollout would refuse each of several places in a file; nothing where it would not.
using PlaceRefusals = std::function<std::vector<std::optional<std::string>>(
    const std::string& file, const std::vector<GroupPlace>& places)>;

struct ImageChoice {
  std::vector<std::string> prefixes;  // `imagePrefixes` of the rwenv
  // Asked about image references, which are not tried when they are read; empty: none is refused.
  PlaceRefusals refusals;
};

}  // namespace engine
