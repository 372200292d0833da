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

// Run in a directory that belongs to no project, and whose host and repository are named.
Command GhCommands::list_pull_requests(const std::string& repository, const std::string& head,
                                       const std::string& base) const {
  return {Program::gh,
          {"pr", "list", "--repo", repository, "--head", head, "--base", base, "--state", "open",
           "--json", "number,url,isCrossRepository"},
          environment(GhHosts::known),
          "/"};
}

Command GhCommands::create_pull_request(const std::string& repository, const std::string& head,
                                        const std::string& base, const std::string& title,
                                        std::string body) const {
  return {Program::gh,
          {"pr", "create", "--repo", repository, "--head", head, "--base", base, "--title", title,
           "--body-file", "-"},
          environment(GhHosts::known),
          "/",
          std::move(body)};
}

Command GhCommands::ask(std::vector<std::string> arguments, GhHosts hosts) const {
  return {Program::gh, std::move(arguments), environment(hosts), directory_};
}

// Only what is printed and the exit status count: nothing is coloured, paged, prompted for or
// advertised.
std::vector<Command::EnvironmentChange> GhCommands::environment(GhHosts hosts) const {
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
  return environment;
}

}  // namespace engine
