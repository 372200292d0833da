#include "engine/git/environment.h"

#include <algorithm>
#include <array>

#include "engine/process/repository_variables.h"
#include "engine/text/ascii.h"
#include "engine/text/single_quoted.h"

namespace engine {
namespace {

// Would open a window, or a prompt in a terminal that is not ours.
constexpr std::array<std::string_view, 4> kInteractive = {"DISPLAY", "WAYLAND_DISPLAY",
                                                          "SSH_ASKPASS", "GPG_TTY"};

constexpr std::size_t kMaxFurtherChanges = 16;

// A transfer that moves no byte for so long is given up. A server that is busy with its hooks sends
// a sign of life every five seconds.
constexpr std::string_view kStalledBytesPerSecond = "1";
constexpr std::string_view kStalledSeconds = "30";

// The program's name in a command line: its first word without directories, quotes and ".exe".
std::string program_name(std::string_view command) {
  const auto begin = command.find_first_not_of(" \t'\"");
  if (begin == std::string_view::npos) {
    return {};
  }
  std::string_view word = command.substr(begin);
  word = word.substr(0, word.find_first_of(" \t'\""));
  word = word.substr(word.find_last_of("/\\") + 1);
  std::string name = in_lower_case(word);
  if (name.ends_with(".exe")) {
    name.erase(name.size() - 4);
  }
  return name;
}

bool is_openssh(std::string_view command, const std::optional<std::string>& variant) {
  const std::string family = variant ? in_lower_case(*variant) : "auto";
  if (family == "auto") {
    const std::string program = program_name(command);
    return program != "plink" && program != "tortoiseplink" && program != "putty";
  }
  return family == "ssh";
}

}  // namespace

std::optional<std::string> ssh_in_batch_mode(const Environment& environment,
                                             const SshConfiguration& ssh) {
  std::string command = "ssh";
  if (const auto variable = environment.get("GIT_SSH_COMMAND")) {
    command = *variable;
  } else if (ssh.command && !ssh.command->empty()) {
    command = *ssh.command;
  } else if (const auto program = environment.get("GIT_SSH")) {
    command = single_quoted(*program);
  }
  auto variant = environment.get("GIT_SSH_VARIANT");
  if (!variant) {
    variant = ssh.variant;
  }
  if (!is_openssh(command, variant)) {
    return std::nullopt;
  }
  return command + " -o BatchMode=yes";
}

bool has_own_ssh(const Environment& environment, const SshConfiguration& ssh) {
  return environment.get("GIT_SSH_COMMAND") || environment.get("GIT_SSH") ||
         (ssh.command && !ssh.command->empty());
}

std::vector<Command::EnvironmentChange> git_environment(
    const Environment& environment, TlsVerification tls,
    const std::optional<SshConfiguration>& ssh) {
  std::vector<Command::EnvironmentChange> changes = without_repository_variables();
  changes.reserve(changes.size() + kInteractive.size() + kMaxFurtherChanges);
  for (const std::string_view variable : kInteractive) {
    changes.emplace_back(variable, std::nullopt);
  }
  for (const auto& [variable, value] : environment.all()) {
    // A trace into a file is the user's business; on stderr it would pass for git's answer.
    if (variable.starts_with("GIT_TRACE") && !value.starts_with('/')) {
      changes.emplace_back(variable, std::nullopt);
    }
  }
  changes.emplace_back("LC_ALL", "C");
  changes.emplace_back("GIT_TERMINAL_PROMPT", "0");
  changes.emplace_back("GCM_INTERACTIVE", "never");
  changes.emplace_back("SSH_ASKPASS_REQUIRE", "never");
  changes.emplace_back("GIT_OPTIONAL_LOCKS", "0");
  changes.emplace_back("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
  if (ssh || environment.get("GIT_SSH_COMMAND")) {
    if (auto command = ssh_in_batch_mode(environment, ssh.value_or(SshConfiguration()))) {
      changes.emplace_back("GIT_SSH_COMMAND", std::move(*command));
    }
  }
  if (!environment.get("GIT_HTTP_LOW_SPEED_LIMIT") && !environment.get("GIT_HTTP_LOW_SPEED_TIME")) {
    changes.emplace_back("GIT_HTTP_LOW_SPEED_LIMIT", kStalledBytesPerSecond);
    changes.emplace_back("GIT_HTTP_LOW_SPEED_TIME", kStalledSeconds);
  }
  if (tls == TlsVerification::off) {
    changes.emplace_back("GIT_SSL_NO_VERIFY", "1");
  }
  return changes;
}

std::vector<std::string> git_options() {
  return {"-c", "core.fsmonitor=false",   "-c", "gc.auto=0",
          "-c", "maintenance.auto=false", "-c", "fetch.writeCommitGraph=false",
          "-c", "submodule.recurse=false"};
}

}  // namespace engine
