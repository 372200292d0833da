// The closed list of what the engine may start: `git`, `gh`, `ssh` (which opens no connection of
// ours), and `kubectl`, by itself or through `docker exec`, with arguments that are composed by
// five classes and nowhere else: GitCommands (the clone, engine/git/commands.h), ProjectCommands (a
// project that only git can read, engine/git/project_commands.h), SshCommands
// (engine/ssh/commands.h), GhCommands (engine/forge/gh_commands.h) and KubectlCommands
// (engine/cluster/kubectl_commands.h). There is no way to run a shell or any other program.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

enum class Program { git, gh, ssh, kubectl, docker };

// "git", "gh", "ssh", "kubectl" or "docker": what is looked up on PATH.
std::string_view name(Program program);

// How much is kept of each stream that it writes, in bytes; the rest is read and dropped.
std::size_t max_output(Program program);

class Command {
 public:
  // A change to the inherited environment: a value, or nothing to remove the variable.
  using EnvironmentChange = std::pair<std::string, std::optional<std::string>>;

  Program program() const { return program_; }
  const std::vector<std::string>& arguments() const { return arguments_; }
  const std::vector<EnvironmentChange>& environment() const { return environment_; }
  // Where the program runs; empty: in the directory of this process.
  const std::filesystem::path& directory() const { return directory_; }
  // What the program reads on its standard input; empty: it has none. At most kMaxInput bytes,
  // which every pipe holds.
  static constexpr std::size_t kMaxInput = 4096;
  const std::string& input() const { return input_; }

 private:
  friend class GitCommands;
  friend class GhCommands;
  friend class KubectlCommands;
  friend class ProjectCommands;
  friend class SshCommands;
  Command(Program program, std::vector<std::string> arguments,
          std::vector<EnvironmentChange> environment, std::filesystem::path directory,
          std::string input = {});

  Program program_;
  std::vector<std::string> arguments_;
  std::vector<EnvironmentChange> environment_;
  std::filesystem::path directory_;
  std::string input_;
};

}  // namespace engine
