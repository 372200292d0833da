#include "engine/config/session_rwenv.h"

#include <utility>
#include <vector>

#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> session_projects(const Host& host, const ProjectRequest& project,
                                       const CallContext& call) {
  if (const auto directory = host.environment.get("CLAUDE_PROJECT_DIR")) {
    return {*directory};
  }
  std::vector<fs::path> projects;
  if (const auto root = session_root(host, project.client, call); root && root->directory) {
    projects.push_back(*root->directory);
  }
  projects.push_back(host.working_directory);
  return projects;
}

}  // namespace

std::optional<OtherRwenv> find_other_rwenv(const Host& host, const ProjectRequest& project,
                                           const ActiveRwenv& active, const CallContext& call) {
  for (const fs::path& own : session_projects(host, project, call)) {
    ProjectRequest request;
    request.directory = (host.working_directory / own).string();
    const auto read = read_project(host, request, {.rwenv_name = true}, call);
    if (read && *read->rwenv_name != active.name) {
      return OtherRwenv{active.project, active.name, read->directory, *read->rwenv_name};
    }
  }
  return std::nullopt;
}

Error other_rwenv(const OtherRwenv& other, std::string hint) {
  return {Code::other_rwenv,
          "'" + sanitize_line(other.project.string()) + "' is set to rwenv '" + other.rwenv +
              "', but this session's project '" + sanitize_line(other.session_project.string()) +
              "' to rwenv '" + other.session_rwenv + "'.",
          std::move(hint),
          {{"rwenv", other.rwenv}, {"sessionRwenv", other.session_rwenv}}};
}

}  // namespace engine
