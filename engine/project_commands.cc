#include "engine/project_commands.h"

#include <utility>

#include "engine/git_environment.h"

namespace engine {

ProjectCommands::ProjectCommands(std::filesystem::path directory)
    : directory_(std::move(directory)) {}

Command ProjectCommands::git(std::vector<std::string> arguments) const {
  // No file system monitor is started for a question that is asked once.
  arguments.insert(arguments.begin(), {"-c", "core.fsmonitor=false"});
  std::vector<Command::EnvironmentChange> environment = unmisled();
  environment.insert(environment.end(),
                     {{"GIT_OPTIONAL_LOCKS", "0"}, {"GIT_TERMINAL_PROMPT", "0"}, {"LC_ALL", "C"}});
  return {Program::git, std::move(arguments), std::move(environment), directory_};
}

Command ProjectCommands::uncommitted_changes(FluxGitRepoType type) const {
  const Command command =
      git({"status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames"});
  std::vector<Command::EnvironmentChange> environment = command.environment();
  // Contacts nobody, also where objects of a partial clone are missing (git 2.44 and later).
  environment.emplace_back("GIT_NO_LAZY_FETCH", "1");
  if (type == FluxGitRepoType::gitea) {
    environment.emplace_back("GIT_SSL_NO_VERIFY", "1");
  }
  return {Program::git, command.arguments(), std::move(environment), directory_};
}

Command ProjectCommands::head() const {
  return git({"rev-parse", "HEAD", "--abbrev-ref", "HEAD"});
}

}  // namespace engine
