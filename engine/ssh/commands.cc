#include "engine/ssh/commands.h"

#include <utility>

namespace engine {
namespace {

// ssh wants a host's name also where it does not go there.
constexpr const char* kAnyHost = "localhost";

// Without any configuration, so that nothing that is configured can lead to another socket.
std::vector<std::string> to_master(const char* request, const std::filesystem::path& socket) {
  return {"-F", "/dev/null", "-O", request, "-S", socket.string(), kAnyHost};
}

std::vector<Command::EnvironmentChange> in_english() {
  return {{"LC_ALL", "C"}};
}

}  // namespace

Command SshCommands::configuration(const std::filesystem::path& file,
                                   const SshDestination& destination) {
  std::vector<std::string> arguments = {"-G", "-F", file.string()};
  if (!destination.port.empty()) {
    arguments.insert(arguments.end(), {"-p", destination.port});
  }
  arguments.push_back(destination.host);
  return {Program::ssh, std::move(arguments), in_english(), "/"};
}

Command SshCommands::check(const std::filesystem::path& socket) {
  return {Program::ssh, to_master("check", socket), in_english(), "/"};
}

Command SshCommands::exit(const std::filesystem::path& socket) {
  return {Program::ssh, to_master("exit", socket), in_english(), "/"};
}

Command SshCommands::with_ssh(const Command& git, const std::string& ssh) {
  std::vector<Command::EnvironmentChange> environment = git.environment();
  environment.emplace_back("GIT_SSH_COMMAND", ssh);
  return {git.program(), git.arguments(), std::move(environment), git.directory(), git.input()};
}

}  // namespace engine
