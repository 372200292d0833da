#include "cli/rwenv_commands.h"

#include <array>
#include <optional>
#include <utility>

#include "cli/command_support.h"
#include "cli/exit_status.h"
#include "cli/rwenv_prompts.h"
#include "engine/add_rwenv.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/rwenv_list.h"
#include "engine/list_rwenvs.h"
#include "engine/set_rwenv.h"
#include "tools/choose_rwenv.h"

namespace cli {
namespace {

using engine::RwenvField;

class RwenvCommands : private CommandSupport {
 public:
  using CommandSupport::CommandSupport;

  int list() { return shown_as_result(engine::list_rwenvs(host(), {project()}, {})); }

  int show() { return shown_as_result(engine::find_configured_rwenv(host(), project(), {})); }

  int set() {
    if (!line().rwenv.name && !terminal().can_ask()) {
      return no_name();
    }
    return carried_out(
        [&](const engine::CallContext& call) -> engine::Result<engine::SetRwenvResult> {
          engine::SetRwenvRequest request{project(), line().rwenv.name.value_or("")};
          if (!line().rwenv.name) {
            auto chosen = ask_which_rwenv(host(), request.project, terminal(), call);
            RETURN_IF_FAILED(chosen);
            request.name = std::move(*chosen);
          }
          return engine::set_rwenv(host(), request, call);
        });
  }

  int add() {
    engine::NewRwenv rwenv = given();
    const auto complete = engine::check_new_rwenv(rwenv);
    if (!complete && !terminal().can_ask()) {
      return refuse(complete.error(), kWrongUsage);
    }
    return carried_out(
        [&](const engine::CallContext& call) -> engine::Result<engine::AddRwenvResult> {
          if (!complete) {
            RETURN_IF_FAILED(ask_for_rwenv(host(), rwenv, terminal(), call));
          }
          return engine::add_rwenv(host(), rwenv, call);
        });
  }

 private:
  // What the options say.
  engine::NewRwenv given() const {
    const RwenvOptions& options = line().rwenv;
    engine::NewRwenv rwenv{.name = options.name.value_or(""), .read_only = options.read_only};
    const std::array<std::pair<RwenvField, const std::optional<std::string>*>, 7> fields = {{
        {RwenvField::description, &options.description},
        {RwenvField::flux_git_repo, &options.flux_repo},
        {RwenvField::flux_git_repo_type, &options.flux_type},
        {RwenvField::flux_git_branch, &options.flux_branch},
        {RwenvField::flux_path, &options.flux_path},
        {RwenvField::kubernetes_context, &options.context},
        {RwenvField::kubeconfig_path, &options.kubeconfig},
    }};
    for (const auto& [field, value] : fields) {
      if (*value) {
        rwenv.fields.emplace(field, **value);
      }
    }
    if (const auto path = rwenv.fields.find(RwenvField::kubeconfig_path);
        path != rwenv.fields.end() && !path->second.empty()) {
      path->second = (host().working_directory / path->second).lexically_normal().string();
    }
    return rwenv;
  }

  int no_name() {
    auto config_directory = engine::rwenv_config_directory(host());
    if (!config_directory) {
      return refuse(config_directory.error(), kRefused);
    }
    const auto list = engine::read_rwenvs(*config_directory);
    if (!list) {
      return refuse(list.error(), kRefused);
    }
    engine::Error error = tools::rwenv_missing(*list);
    if (!list->entries.empty()) {
      error.hint = "Usage: rollout-mcp rwenv set NAME";
    }
    return refuse(error, kWrongUsage);
  }
};

}  // namespace

int run_rwenv_command(const CommandLine& line, const RealHost& process, Terminal& terminal) {
  RwenvCommands commands(line, process, terminal);
  switch (line.command) {
    case CommandName::rwenv_list:
      return commands.list();
    case CommandName::rwenv_show:
      return commands.show();
    case CommandName::rwenv_set:
      return commands.set();
    case CommandName::rwenv_add:
      return commands.add();
    default:
      return kWrongUsage;
  }
}

std::vector<std::string> names_of_rwenvs(const engine::Host& host) {
  std::vector<std::string> names;
  const auto config_directory = engine::rwenv_config_directory(host);
  const auto list = config_directory ? engine::read_rwenvs(*config_directory)
                                     : engine::Result<engine::RwenvList>(engine::RwenvList());
  if (list) {
    for (const engine::RwenvEntry& entry : list->entries) {
      names.push_back(entry.rwenv.name);
    }
  }
  return names;
}

}  // namespace cli
