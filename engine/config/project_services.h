// The services that a rollout without a service means (specification, section 3): those whose
// `project` in the catalog is the project's own repository.
#pragma once

#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/config/project.h"

namespace engine {

// In the catalog's order; none where the catalog does not say, or the project has no remote. Fails
// as read_project() does. Reads local files only; for any thread.
Result<std::vector<std::string>> project_services(const Host& host, const ProjectRequest& project,
                                                  const Catalog& catalog, const CallContext& call);

}  // namespace engine
