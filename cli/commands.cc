#include "cli/commands.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/command_support.h"
#include "cli/demo.h"
#include "cli/exit_status.h"
#include "cli/rwenv_commands.h"
#include "cli/shell_completion.h"
#include "cli/unexpected.h"
#include "engine/config/active_rwenv.h"
#include "engine/doctor/doctor.h"
#include "engine/former_tags.h"
#include "engine/import_catalog.h"
#include "engine/lookup_service.h"
#include "engine/regenerate.h"
#include "engine/resolve_tag.h"
#include "engine/rollback.h"
#include "engine/rollout.h"
#include "engine/rollout_history.h"
#include "engine/rollout_status.h"
#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "json/parse.h"
#include "tools/choose_service.h"
#include "tools/confirm_replace.h"
#include "tools/doctor.h"
#include "tools/hint_words.h"
#include "tools/render.h"
#include "tools/service_list.h"

namespace cli {
namespace {

class Commands : private CommandSupport {
 public:
  using CommandSupport::CommandSupport;

  int rollout() {
    engine::RolloutRequest request;
    request.project = project();
    if (line().services.size() == 1) {
      request.service = line().services.front();
    } else {
      request.services = line().services;
    }
    request.dry_run = line().dry_run;
    request.tag = line().tag;
    request.pr_number = line().pr_number;
    request.file = line().file;
    request.image_name = line().image_name;
    request.path = line().path;
    request.verify_pipeline = line().verify_pipeline;
    request.wait = wait();
    if (line().services.empty() && !request.file) {
      int status = kRefused;
      request.service = chosen_service(status);
      if (!request.service) {
        return status;
      }
    }
    return carried_out([&](const engine::CallContext& call) {
      return engine::rollout(host(), request, call, confirm_replace(call.stop));
    });
  }

  int resolve_tag() {
    const engine::ResolveTagRequest request{project(), line().pr_number};
    return carried_out([&](const engine::CallContext& call) {
      return engine::resolve_tag(host(), request, call);
    });
  }

  int lookup() {
    return shown_as_result(
        engine::lookup_service(host(), {project(), line().service.value_or("")}));
  }

  int history() {
    const engine::RolloutHistoryRequest request{project(), line().service.value_or(""),
                                                line().limit};
    return carried_out([&](const engine::CallContext& call) {
      return engine::rollout_history(host(), request, call);
    });
  }

  int rollback() {
    const engine::RollbackRequest request{project(), line().service.value_or(""), line().to,
                                          line().dry_run};
    return carried_out([&](const engine::CallContext& call) {
      return engine::rollback(host(), request, call, confirm_replace(call.stop));
    });
  }

  int status() {
    if (line().wait && !line().service) {
      return refuse({engine::Code::bad_argument, "--wait needs a service to wait for.",
                     "Usage: rollout-mcp status [<service>] [--wait SECONDS]"},
                    kWrongUsage);
    }
    const engine::StatusRequest request{project(), line().service, wait()};
    return carried_out([&](const engine::CallContext& call) {
      return engine::rollout_status(host(), request, call);
    });
  }

  int regenerate() {
    const engine::RegenerateRequest request{project(), line().dry_run, line().path};
    return carried_out(
        [&](const engine::CallContext& call) { return engine::regenerate(host(), request, call); });
  }

  int import_catalog() {
    return carried_out(
        [&](const engine::CallContext& call) { return engine::import_catalog(host(), call); });
  }

  int doctor() {
    const engine::DoctorReport findings = interruptible(
        [&](const engine::CallContext& call) { return engine::examine(host(), project(), call); });
    if (signal() != 0) {
      terminal().complain("Cancelled while looking.");
      return kSignalled + signal();
    }
    if (line().json) {
      terminal().print_verbatim(
          json::dump(tools::structured(findings, tools::Reader::command_line)));
    } else {
      terminal().print(tools::report(findings, tools::Reader::command_line));
    }
    if (findings.ready()) {
      return kDone;
    }
    terminal().complain(tools::verdict(findings));
    return kRefused;
  }

  // What a shell completes must not fail: where nothing can be read, there is nothing to complete.
  int complete() {
    std::vector<std::string> names;
    if (line().completion.kind == ShellCompletion::Kind::services) {
      names = engine::list_services(host(), project()).value_or(names);
    } else if (line().completion.kind == ShellCompletion::Kind::former_tags) {
      names = engine::former_tags(host(), project(), line().completion.service.value_or(""), {});
    } else if (line().completion.kind == ShellCompletion::Kind::rwenvs) {
      names = names_of_rwenvs(host());
    }
    const std::string lines = completion_lines(line().completion, names);
    if (!lines.empty()) {
      terminal().print_verbatim(lines);
    }
    return kDone;
  }

  int completion() {
    const std::string_view script = completion_script(line().shell);
    terminal().print_verbatim(script.substr(0, script.find_last_not_of('\n') + 1));
    return kDone;
  }

  // The system has refused what the command cannot do without: a thread, memory.
  int fail(const std::exception& problem) { return refuse(unexpected(problem), kRefused); }

  int services() {
    const auto catalog = engine::load_active_catalog(host(), project());
    if (!catalog) {
      return refuse(catalog.error(), kRefused);
    }
    if ((*catalog)->service_names().empty()) {
      return refuse(tools::no_services(**catalog), kRefused);
    }
    if (line().json) {
      terminal().print_verbatim(tools::services_json(**catalog));
    } else {
      terminal().print(tools::services_report(**catalog));
    }
    return kDone;
  }

 private:
  std::optional<std::chrono::seconds> wait() const {
    return line().wait ? std::optional(std::chrono::seconds(*line().wait)) : std::nullopt;
  }

  // Asks the person at the terminal, if one is there.
  engine::ConfirmReplace confirm_replace(const std::stop_token& stop) {
    if (!terminal().can_ask()) {
      return {};
    }
    return [this, stop](const engine::ReplaceQuestion& question) {
      const std::string answer = engine::in_lower_case(engine::trimmed(
          terminal().ask(tools::replace_question(question) + " [y/N] ", stop).value_or("")));
      return answer == "y" || answer == "yes" ? engine::Consent::given : engine::Consent::declined;
    };
  }

  // The project's one service, or what the person at the terminal chooses of several; nothing, and
  // `status` of the refusal, where there is neither.
  std::optional<std::string> chosen_service(int& status) {
    const auto catalog = engine::load_active_catalog(host(), project());
    if (!catalog) {
      status = refuse(catalog.error(), kRefused);
      return std::nullopt;
    }
    const auto choice = tools::find_service_choice(host(), project(), *catalog, {});
    if (!choice) {
      status = refuse(choice.error(), kRefused);
      return std::nullopt;
    }
    if (choice->is_settled()) {
      return choice->names().front();
    }
    if (!choice->of_project.empty() && terminal().can_ask()) {
      const std::string answer(engine::trimmed(
          terminal()
              .ask("Which service do you want to roll out (" +
                       tools::sanitize_line(engine::joined(choice->of_project)) + ")? ",
                   {})
              .value_or("")));
      if (std::ranges::find(choice->of_project, answer) != choice->of_project.end()) {
        return answer;
      }
    }
    engine::Error error = tools::service_missing(*choice);
    error.hint = "Usage: rollout-mcp rollout <service>...";
    status = refuse(error, kWrongUsage);
    return std::nullopt;
  }
};

int run(const CommandLine& line, const RealHost& process, Terminal& terminal, Commands& commands) {
  switch (line.command) {
    case CommandName::rollout:
      return commands.rollout();
    case CommandName::resolve_tag:
      return commands.resolve_tag();
    case CommandName::lookup:
      return commands.lookup();
    case CommandName::history:
      return commands.history();
    case CommandName::rollback:
      return commands.rollback();
    case CommandName::status:
      return commands.status();
    case CommandName::services:
      return commands.services();
    case CommandName::import_catalog:
      return commands.import_catalog();
    case CommandName::doctor:
      return commands.doctor();
    case CommandName::completion:
      return commands.completion();
    case CommandName::complete:
      return commands.complete();
    case CommandName::regenerate:
      return commands.regenerate();
    case CommandName::rwenv_list:
    case CommandName::rwenv_show:
    case CommandName::rwenv_set:
    case CommandName::rwenv_add:
      return run_rwenv_command(line, process, terminal);
    case CommandName::demo:
      return demo(process.host(), terminal);
    case CommandName::serve:
      break;
  }
  return kWrongUsage;
}

}  // namespace

int run_command(const CommandLine& line, const RealHost& process, Terminal& terminal) {
  Commands commands(line, process, terminal);
  int status = kRefused;
  try {
    status = run(line, process, terminal, commands);
  } catch (const std::exception& problem) {
    status = commands.fail(problem);
  }
  return status == kDone && !terminal.ok() ? kRefused : status;
}

}  // namespace cli
