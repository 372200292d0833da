#include "engine/forge/gh_commands.h"

#include <string>
#include <utility>
#include <vector>

#include "engine/process/project_environment.h"

namespace engine {

GhCommands::GhCommands(const Environment& environment, std::filesystem::path directory)
    : environment_(project_environment(environment)), directory_(std::move(directory)) {}

Command GhCommands::view_pull_request(const std::optional<PrNumber>& number, bool with_checks,
                                      GhHosts hosts) const {
  std::vector<std::string> arguments = {"pr", "view"};
  if (number) {
    arguments.push_back(std::to_string(number->value()));
  }
  std::string fields = "number,url,state,headRefOid";
  if (with_checks) {
    fields += ",statusCheckRollup";
  }
  arguments.insert(arguments.end(), {"--json", std::move(fields)});
  return ask(std::move(arguments), hosts);
}

Command GhCommands::auth_status() const {
  return ask({"auth", "status"}, GhHosts::named);
}

// Only what is printed and the exit status count: nothing is coloured, paged, prompted for or
// advertised.
Command GhCommands::ask(std::vector<std::string> arguments, GhHosts hosts) const {
  std::vector<Command::EnvironmentChange> environment = environment_;
  environment.insert(environment.end(), {{"GH_PROMPT_DISABLED", "1"},
                                         {"GH_NO_UPDATE_NOTIFIER", "1"},
                                         {"NO_COLOR", "1"},
                                         {"GH_REPO", std::nullopt},
                                         {"GH_FORCE_TTY", std::nullopt},
                                         {"CLICOLOR_FORCE", std::nullopt},
                                         {"GH_PAGER", "cat"},
                                         {"LC_ALL", "C.UTF-8"},
                                         {"GH_DEBUG", std::nullopt},
                                         {"DEBUG", std::nullopt}});
  if (hosts == GhHosts::known) {
    environment.emplace_back("GH_HOST", std::nullopt);
  }
  return {Program::gh, std::move(arguments), std::move(environment), directory_};
}

}  // namespace engine
