#include "engine/active_rwenv.h"

#include <utility>

#include "engine/rwenv.h"

namespace engine {

Result<ActiveRwenv> find_active_rwenv(const Host& host, const ProjectRequest& project) {
  auto directory = find_project_directory(host, project);
  if (!directory) {
    return failure_of(directory);
  }
  auto name = active_rwenv_name(*directory);
  if (!name) {
    return failure_of(name);
  }
  auto config_directory = rwenv_config_directory(host);
  if (!config_directory) {
    return failure_of(config_directory);
  }
  return ActiveRwenv{std::move(*directory), std::move(*config_directory), std::move(*name)};
}

Result<std::shared_ptr<const Catalog>> load_active_catalog(const Host& host,
                                                           const ProjectRequest& project) {
  auto active = find_active_rwenv(host, project);
  if (!active) {
    return failure_of(active);
  }
  return load_catalog(host, active->config_directory, active->name);
}

}  // namespace engine
