#include "engine/active_rwenv.h"

#include <utility>

#include "engine/rwenv.h"
#include "engine/text.h"

namespace engine {

Result<std::string> permitted_rwenv_name(const std::filesystem::path& directory,
                                         const ProjectRequest& project) {
  auto name = active_rwenv_name(directory);
  if (name && project.rwenv && *project.rwenv != *name) {
    return fail(Code::other_rwenv,
                "'" + printable_line(directory.string()) + "' has been set to rwenv '" + *name +
                    "' while the call was under way.",
                "Nothing was changed. Call again.");
  }
  return name;
}

Result<ActiveRwenv> find_active_rwenv(const Host& host, const ProjectRequest& project) {
  auto directory = find_project_directory(host, project);
  if (!directory) {
    return failure_of(directory);
  }
  auto name = permitted_rwenv_name(*directory, project);
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
