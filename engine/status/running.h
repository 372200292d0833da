// Whether the workloads of a service run the image that the Flux repository has for it. Pure
// functions, for any thread.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/status/facts.h"
#include "engine/status/status.h"

namespace engine {

enum class ImageMatch : std::uint8_t {
  ours,
  other,  // the same image with another tag
  none,   // it runs no image of that name
};

// How the images of a workload stand to ours. A name that an outer kustomization or a chart put a
// registry before counts as the same; where no name is known, the tag of a pull request is enough.
ImageMatch match_images(const ExpectedImage& image, const std::vector<std::string>& images);

// The stage `running`, of the workloads that were found.
Stage judge_running(const ExpectedImage& image, const std::vector<WorkloadState>& workloads);

}  // namespace engine
