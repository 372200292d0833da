#include "engine/process/project_environment.h"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include "engine/process/repository_variables.h"

namespace engine {
namespace {

// All that git may start by itself when it is asked about remotes, refs and configuration; "false"
// stands for a program that does nothing, an empty helper takes away those before it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kSettings = {{
    {"safe.bareRepository", "explicit"},
    {"core.fsmonitor", "false"},
    {"core.hooksPath", "/dev/null"},
    {"core.sshCommand", "false"},
    {"core.askPass", "false"},
    {"core.pager", "cat"},
    {"log.showSignature", "false"},
    {"gpg.program", "false"},
    {"gpg.ssh.program", "false"},
    {"gpg.x509.program", "false"},
    {"credential.helper", ""},
}};

// A name that no transport has.
constexpr std::string_view kNoTransport = "none";

// How many settings the user's own environment has; git refuses to run with another text.
std::size_t count_settings(const Environment& environment) {
  const std::string text = environment.get("GIT_CONFIG_COUNT").value_or("0");
  std::size_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

}  // namespace

std::vector<Command::EnvironmentChange> project_environment(const Environment& environment) {
  std::vector<Command::EnvironmentChange> changes = without_repository_variables();
  std::size_t count = count_settings(environment);
  for (const auto& [key, value] : kSettings) {
    const std::string number = std::to_string(count++);
    changes.emplace_back("GIT_CONFIG_KEY_" + number, key);
    changes.emplace_back("GIT_CONFIG_VALUE_" + number, value);
  }
  changes.emplace_back("GIT_CONFIG_COUNT", std::to_string(count));
  changes.emplace_back("GIT_ALLOW_PROTOCOL", kNoTransport);
  // Where an object is missing it is not fetched (git 2.44 and later; the line above does it, too).
  changes.emplace_back("GIT_NO_LAZY_FETCH", "1");
  changes.emplace_back("GIT_OPTIONAL_LOCKS", "0");
  changes.emplace_back("GIT_TERMINAL_PROMPT", "0");
  return changes;
}

}  // namespace engine
