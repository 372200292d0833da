#include "engine/manifest/manifest_path.h"

namespace engine {
namespace {

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

bool is_kustomization_path(std::string_view path) {
  const std::string_view name = file_name(path);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

bool is_manifest_path(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json") ||
         is_kustomization_path(path);
}

}  // namespace engine
