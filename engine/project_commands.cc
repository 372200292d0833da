#include "engine/project_commands.h"

#include <utility>

namespace engine {

ProjectCommands::ProjectCommands(std::filesystem::path directory)
    : directory_(std::move(directory)) {}

Command ProjectCommands::git(std::vector<std::string> arguments) const {
  // No file system monitor is started for a question that is asked once.
  arguments.insert(arguments.begin(), {"-c", "core.fsmonitor=false"});
  std::vector<Command::EnvironmentChange> environment = {
      {"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}};
  // A git hook or a rebase in which this program was started must not lead git elsewhere.
  for (const char* variable : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR",
                               "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}) {
    environment.emplace_back(variable, std::nullopt);
  }
  return {Program::git, std::move(arguments), std::move(environment), directory_};
}

Command ProjectCommands::uncommitted_changes() const {
  return git({"status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames"});
}

Command ProjectCommands::head() const {
  return git({"rev-parse", "HEAD", "--abbrev-ref", "HEAD"});
}

}  // namespace engine
