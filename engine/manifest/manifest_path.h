// What the path of a file says about it. Pure functions, for any thread.
#pragma once

#include <string_view>

namespace engine {

// Whether kustomize takes a file of that path for a directory's kustomization.
bool is_kustomization_path(std::string_view path);
// Whether a file of that path may be a manifest.
bool is_manifest_path(std::string_view path);

}  // namespace engine
