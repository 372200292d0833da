#include "engine/set_rwenv.h"

#include <algorithm>
#include <utility>

#include "engine/config/rwenv_list.h"

namespace engine {
namespace {

Result<Rwenv> find_rwenv(const Host& host, const std::string& name) {
  auto config_directory = rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  auto list = read_rwenvs(*config_directory);
  RETURN_IF_FAILED(list);
  const auto found = std::ranges::find_if(
      list->entries, [&](const RwenvEntry& entry) { return entry.rwenv.name == name; });
  if (found == list->entries.end()) {
    return Failure(unknown_rwenv(*list, name));
  }
  if (found->problem) {
    return Failure(std::move(*found->problem));
  }
  return std::move(found->rwenv);
}

}  // namespace

Result<SetRwenvResult> set_rwenv(const Host& host, const SetRwenvRequest& request,
                                 const CallContext& call) {
  auto project = read_project(host, request.project, {}, call);
  RETURN_IF_FAILED(project);
  auto rwenv = find_rwenv(host, request.name);
  RETURN_IF_FAILED(rwenv);
  auto written = write_rwenv_name(host, project->directory, request.name, call);
  RETURN_IF_FAILED(written);
  std::vector<std::string> warnings = std::move(project->warnings);
  warnings.insert(warnings.end(), written->warnings.begin(), written->warnings.end());
  return SetRwenvResult{std::move(*rwenv), std::move(*written), std::move(project->directory),
                        std::move(warnings)};
}

}  // namespace engine
