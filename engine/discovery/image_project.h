// The repository from whose branches an image is built, if the Flux repository proves it. Pure
// functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/manifest/summary.h"

namespace engine {

// By an image's name without tag and digest: GitLab's registry has each image below its project's
// path, and in GitHub's a name of owner and package is that of a repository. Nothing for a name
// that says less, or that has further parts, which need not be the project's.
std::optional<std::string> project_of_image(std::string_view name);

// By the workload's annotation `org.opencontainers.image.source` if it is the address of a
// repository, or else by the image's name.
std::optional<std::string> project_of_workload(const Workload& workload, std::string_view image);

}  // namespace engine
