#include "engine/manifest/manifest_path.h"

#include "engine/base/repository_path.h"

namespace engine {

bool is_kustomization_path(std::string_view path) {
  const std::string_view name = file_name(path);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

bool is_manifest_path(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json") ||
         is_kustomization_path(path);
}

}  // namespace engine
