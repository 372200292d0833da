#include "engine/list_rwenvs.h"

#include <utility>

#include "engine/config/rwenv.h"

namespace engine {

Result<RwenvListing> list_rwenvs(const Host& host, const ListRwenvsRequest& request,
                                 const CallContext& call) {
  auto project = read_project(host, request.project, {}, call);
  RETURN_IF_FAILED(project);
  auto config_directory = rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  auto list = read_rwenvs(*config_directory);
  RETURN_IF_FAILED(list);
  RwenvListing listing{.list = std::move(*list),
                       .project = std::move(project->directory),
                       .warnings = std::move(project->warnings)};
  auto read = read_project(host, request.project, {.rwenv_name = true}, call);
  if (read) {
    listing.active = std::move(read->rwenv_name);
  } else if (read.error().code == Code::bad_config) {
    listing.active_problem = std::move(read.error());
  } else if (read.error().code != Code::no_rwenv) {
    return failure_of(read);
  }
  return listing;
}

}  // namespace engine
