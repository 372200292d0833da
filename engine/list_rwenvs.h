// The operation behind `list_rwenvs` (specification, section 3): the environments that there are,
// and the one that the project is set to. Reads local files only. Knows nothing of MCP or of the
// command line.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/config/rwenv_list.h"

namespace engine {

struct ListRwenvsRequest {
  ProjectRequest project;
};

struct RwenvListing {
  RwenvList list;
  std::optional<std::string> active;    // may be one that is not in the list
  std::optional<Error> active_problem;  // its name cannot be read
  std::filesystem::path project;
  std::vector<std::string> warnings;  // those of the project's place
};

// That the project is set to none, or that envs.json does not exist, is no failure. `bad_argument`
// for the project, `bad_config` for envs.json, `timeout`, `cancelled`.
Result<RwenvListing> list_rwenvs(const Host& host, const ListRwenvsRequest& request,
                                 const CallContext& call);

}  // namespace engine
