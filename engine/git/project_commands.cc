#include "engine/git/project_commands.h"

#include <utility>

#include "engine/process/project_environment.h"

namespace engine {

ProjectCommands::ProjectCommands(const Environment& environment,
                                 const std::filesystem::path& git_dir, std::filesystem::path root)
    : environment_(project_environment(environment)), root_(std::move(root)) {
  environment_.emplace_back("GIT_DIR", git_dir.string());
  environment_.emplace_back("GIT_WORK_TREE", root_.string());
  environment_.emplace_back("LC_ALL", "C");
}

Command ProjectCommands::head() const {
  return {Program::git, {"rev-parse", "HEAD", "--abbrev-ref", "HEAD"}, environment_, root_};
}

}  // namespace engine
