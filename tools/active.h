// What a project is set to: its rwenv and the catalog of it, put together from the engine's parts
// for what lists and describes (resources, completion, the choice of a service). Reads local files
// only; for any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/catalog.h"
#include "engine/error.h"
#include "engine/host.h"
#include "engine/project.h"
#include "engine/result.h"
#include "engine/rwenv.h"
#include "json/json.h"

namespace tools {

struct ActiveRwenv {
  std::filesystem::path project;           // the project directory
  std::filesystem::path config_directory;  // where envs.json is
  std::string name;
};

// `bad_argument` for the project, `no_rwenv`, `bad_config`.
engine::Result<ActiveRwenv> find_active_rwenv(const engine::Host& host,
                                              const engine::ProjectRequest& project);

// The catalog of the project's active rwenv, read anew.
engine::Result<engine::Catalog> load_active_catalog(const engine::Host& host,
                                                    const engine::ProjectRequest& project);

// The image group that the service names; nothing if it names none, or is written wrongly, which
// concerns nobody but who asks for that service.
std::optional<std::string> image_group_of(const engine::Catalog& catalog,
                                          const std::string& service);

// The refusal of what needs services where there are none.
engine::Error no_services(const engine::Catalog& catalog);

// {catalogFile?, catalogGeneratedAt?, services: [{service, imageGroup?}]}.
OrderedJson services_json(const engine::Catalog& catalog);

// The catalog's services as a person gets them listed: name, then image group.
std::string services_report(const engine::Catalog& catalog);

}  // namespace tools
