// What a project is set to: its directory, its rwenv and that rwenv's catalog, found in the order
// that engine/config/project.h and engine/config/rwenv.h say. Reads local files only; for any
// thread.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/config/project.h"

namespace engine {

struct ActiveRwenv {
  std::filesystem::path project;           // the project directory
  std::filesystem::path config_directory;  // where envs.json is
  std::string name;
  std::vector<std::string> warnings;  // those of the project's place
};

// `bad_argument` for the project, `no_rwenv`, `bad_config`, `other_rwenv`, `timeout`, `cancelled`.
Result<ActiveRwenv> find_active_rwenv(const Host& host, const ProjectRequest& project,
                                      const CallContext& call = {});

// The catalog of the project's active rwenv, as its file is now.
Result<std::shared_ptr<const Catalog>> load_active_catalog(const Host& host,
                                                           const ProjectRequest& project,
                                                           const CallContext& call = {});

}  // namespace engine
