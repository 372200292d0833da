// The closed list of what the engine may start: two programs, `git` and `gh`, with arguments that
// are composed by three classes and nowhere else: GitCommands (the clone,
// engine/git/commands.h), ProjectCommands (a project that only git can read,
// engine/git/project_commands.h) and GhCommands (engine/forge/gh_commands.h). There is no way to
// run a shell or any other program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

enum class Program { git, gh };

// "git" or "gh": what is looked up on PATH.
std::string_view name(Program program);

class Command {
 public:
  // A change to the inherited environment: a value, or nothing to remove the variable.
  using EnvironmentChange = std::pair<std::string, std::optional<std::string>>;

  Program program() const { return program_; }
  const std::vector<std::string>& arguments() const { return arguments_; }
  const std::vector<EnvironmentChange>& environment() const { return environment_; }
  // Where the program runs; empty: in the directory of this process.
  const std::filesystem::path& directory() const { return directory_; }

 private:
  friend class GitCommands;
  friend class GhCommands;
  friend class ProjectCommands;
  Command(Program program, std::vector<std::string> arguments,
          std::vector<EnvironmentChange> environment, std::filesystem::path directory);

  Program program_;
  std::vector<std::string> arguments_;
  std::vector<EnvironmentChange> environment_;
  std::filesystem::path directory_;
};

}  // namespace engine
