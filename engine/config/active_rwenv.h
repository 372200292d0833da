// What a project is set to: its directory, its rwenv and that rwenv's catalog, found in the order
// that engine/config/project.h and engine/config/rwenv.h say. Reads local files only; for any
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/config/project.h"
#include "engine/config/rwenv.h"

namespace engine {

struct ActiveRwenv {
  std::filesystem::path project;           // the project directory
  std::filesystem::path config_directory;  // where envs.json is
  std::string name;
  std::vector<std::string> warnings;     // those of the project's place
  std::optional<ProjectHead> head = {};  // if it was asked for
};

enum class WithHead : std::uint8_t { no, yes };

// `bad_argument` for the project, for HEAD what read_project() says, `no_rwenv`, `bad_config`,
// `other_rwenv`, `timeout`, `cancelled`.
Result<ActiveRwenv> find_active_rwenv(const Host& host, const ProjectRequest& project,
                                      const CallContext& call = {}, WithHead head = WithHead::no);

struct ConfiguredRwenv {
  ActiveRwenv active;
  Rwenv rwenv;  // what envs.json says of it
};

// The same with the rwenv's configuration: `unknown_rwenv` as well.
Result<ConfiguredRwenv> find_configured_rwenv(const Host& host, const ProjectRequest& project,
                                              const CallContext& call,
                                              WithHead head = WithHead::no);

// The catalog of the project's active rwenv, as its file is now.
Result<std::shared_ptr<const Catalog>> load_active_catalog(const Host& host,
                                                           const ProjectRequest& project,
                                                           const CallContext& call = {});

}  // namespace engine
