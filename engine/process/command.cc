#include "engine/process/command.h"

namespace engine {

std::string_view name(Program program) {
  return program == Program::git ? "git" : "gh";
}

Command::Command(Program program, std::vector<std::string> arguments,
                 std::vector<EnvironmentChange> environment, std::filesystem::path directory)
    : program_(program),
      arguments_(std::move(arguments)),
      environment_(std::move(environment)),
      directory_(std::move(directory)) {}

}  // namespace engine
