#include "engine/config/project_services.h"

namespace engine {

Result<std::vector<std::string>> project_services(const Host& host, const ProjectRequest& project,
                                                  const Catalog& catalog, const CallContext& call) {
  auto read =
      read_project(host, project, {.head = false, .rwenv_name = false, .remotes = true}, call);
  RETURN_IF_FAILED(read);
  return catalog.services_of_project(read->remotes);
}

}  // namespace engine
