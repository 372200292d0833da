// The operation behind `set_rwenv` (specification, section 3): the only function by which a
// project's environment changes. A rollout that is running is not affected: it has read the name
// already. Knows nothing of MCP or of the command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/config/rwenv.h"
#include "engine/config/write_rwenv_name.h"

namespace engine {

struct SetRwenvRequest {
  ProjectRequest project;
  std::string name;
};

struct SetRwenvResult {
  Rwenv rwenv;  // that the project is set to now
  WrittenRwenvName written;
  std::filesystem::path project;
  std::vector<std::string> warnings;
};

// `bad_argument`; `unknown_rwenv`, with the nearest names; `bad_config` for envs.json, for the
// rwenv's entry, and for a link in the project; `disk_full`, `internal`, `timeout`, `cancelled`.
Result<SetRwenvResult> set_rwenv(const Host& host, const SetRwenvRequest& request,
                                 const CallContext& call);

}  // namespace engine
