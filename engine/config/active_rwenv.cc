#include "engine/config/active_rwenv.h"

#include <utility>

#include "engine/config/load_catalog.h"

namespace engine {

Result<ActiveRwenv> find_active_rwenv(const Host& host, const ProjectRequest& project,
                                      const CallContext& call, WithHead head) {
  auto read =
      read_project(host, project, {.head = head == WithHead::yes, .rwenv_name = true}, call);
  RETURN_IF_FAILED(read);
  auto config_directory = rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  return ActiveRwenv{std::move(read->directory), std::move(*config_directory),
                     std::move(*read->rwenv_name), std::move(read->warnings),
                     std::move(read->head)};
}

Result<ConfiguredRwenv> find_configured_rwenv(const Host& host, const ProjectRequest& project,
                                              const CallContext& call, WithHead head) {
  auto active = find_active_rwenv(host, project, call, head);
  RETURN_IF_FAILED(active);
  auto rwenv = load_rwenv(active->config_directory, active->name);
  RETURN_IF_FAILED(rwenv);
  return ConfiguredRwenv{std::move(*active), std::move(*rwenv)};
}

Result<std::shared_ptr<const Catalog>> load_active_catalog(const Host& host,
                                                           const ProjectRequest& project,
                                                           const CallContext& call) {
  auto active = find_active_rwenv(host, project, call);
  RETURN_IF_FAILED(active);
  return load_catalog(host, active->config_directory, active->name);
}

}  // namespace engine
