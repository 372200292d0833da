#include "engine/process/command.h"

namespace engine {

std::string_view name(Program program) {
  switch (program) {
    case Program::git:
      return "git";
    case Program::gh:
      return "gh";
    case Program::ssh:
      return "ssh";
    case Program::kubectl:
      return "kubectl";
    case Program::docker:
      return "docker";
  }
  return {};
}

// An object of a cluster, or a page of a list, may be larger than all that git and gh are asked
// for.
std::size_t max_output(Program program) {
  constexpr std::size_t kMiB = std::size_t{1} << 20U;
  return program == Program::kubectl || program == Program::docker ? 4 * kMiB : kMiB;
}

Command::Command(Program program, std::vector<std::string> arguments,
                 std::vector<EnvironmentChange> environment, std::filesystem::path directory,
                 std::string input)
    : program_(program),
      arguments_(std::move(arguments)),
      environment_(std::move(environment)),
      directory_(std::move(directory)),
      input_(std::move(input)) {}

}  // namespace engine
