#include "cli/commands.h"

#include <atomic>
#include <exception>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "cli/demo.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/shell_completion.h"
#include "cli/unexpected.h"
#include "engine/config/active_rwenv.h"
#include "engine/doctor/doctor.h"
#include "engine/lookup_service.h"
#include "engine/regenerate.h"
#include "engine/resolve_tag.h"
#include "engine/rollout.h"
#include "json/parse.h"
#include "tools/choose_service.h"
#include "tools/doctor.h"
#include "tools/hint_words.h"
#include "tools/render.h"
#include "tools/service_list.h"

namespace cli {
namespace {

class Commands {
 public:
  Commands(const CommandLine& line, const RealHost& process, Terminal& terminal)
      : line_(line), process_(process), terminal_(terminal) {}

  int rollout() {
    engine::RolloutRequest request;
    request.project = project();
    request.service = line_.service;
    request.dry_run = line_.dry_run;
    request.tag = line_.tag;
    request.pr_number = line_.pr_number;
    request.file = line_.file;
    request.image_name = line_.image_name;
    request.path = line_.path;
    request.verify_pipeline = line_.verify_pipeline;
    if (!request.service && !request.file) {
      return no_service();
    }
    return carried_out(
        [&](const engine::CallContext& call) { return engine::rollout(host(), request, call); });
  }

  int resolve_tag() {
    const engine::ResolveTagRequest request{project(), line_.pr_number};
    return carried_out([&](const engine::CallContext& call) {
      return engine::resolve_tag(host(), request, call);
    });
  }

  int lookup() {
    return shown_as_result(engine::lookup_service(host(), {project(), line_.service.value_or("")}));
  }

  int regenerate() {
    const engine::RegenerateRequest request{project(), line_.dry_run, line_.path};
    return carried_out(
        [&](const engine::CallContext& call) { return engine::regenerate(host(), request, call); });
  }

  int doctor() {
    const engine::DoctorReport findings = interruptible(
        [&](const engine::CallContext& call) { return engine::examine(host(), project(), call); });
    if (signal_ != 0) {
      terminal_.complain("Cancelled while looking.");
      return kSignalled + signal_;
    }
    terminal_.print(line_.json
                        ? json::dump(tools::structured(findings, tools::Reader::command_line))
                        : tools::report(findings, tools::Reader::command_line));
    if (findings.ready()) {
      return kDone;
    }
    terminal_.complain(tools::verdict(findings));
    return kRefused;
  }

  // What a shell completes must not fail: where nothing can be read, there is nothing to complete.
  int complete() {
    std::vector<std::string> services;
    if (line_.completion.kind == ShellCompletion::Kind::services) {
      services = engine::list_services(host(), project()).value_or(services);
    }
    const std::string lines = completion_lines(line_.completion, services);
    if (!lines.empty()) {
      terminal_.print(lines);
    }
    return kDone;
  }

  int completion() {
    const std::string_view script = completion_script(line_.shell);
    terminal_.print(script.substr(0, script.find_last_not_of('\n') + 1));
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
    terminal_.print(line_.json ? tools::services_json(**catalog)
                               : tools::services_report(**catalog));
    return kDone;
  }

 private:
  const engine::Host& host() const { return process_.host(); }

  engine::ProjectRequest project() const {
    engine::ProjectRequest request;
    if (line_.project) {
      request.directory = (host().working_directory / *line_.project).lexically_normal().string();
    }
    return request;
  }

  // The refusal's text on stderr, and its object, which is the tool's, on stdout where JSON is
  // wanted.
  int refuse(const engine::Error& error, int status) {
    // Both are made before one is printed: what cannot be made is then refused with one object,
    // too.
    const std::string object = line_.json ? json::dump(tools::structured(error)) : std::string();
    const std::string text = tools::report(error, tools::Reader::command_line);
    if (line_.json) {
      terminal_.print(object);
    }
    terminal_.complain(text);
    return status;
  }

  int no_service() {
    const auto catalog = engine::load_active_catalog(host(), project());
    if (!catalog) {
      return refuse(catalog.error(), kRefused);
    }
    engine::Error error = tools::service_missing(**catalog);
    error.hint = "Usage: rollout-mcp rollout <service>";
    return refuse(error, kWrongUsage);
  }

  template <class T>
  int shown_as_result(const engine::Result<T>& result) {
    if (!result) {
      return refuse(result.error(), kRefused);
    }
    terminal_.print(line_.json ? json::dump(tools::structured(*result))
                               : tools::report(*result, tools::Reader::command_line));
    return kDone;
  }

  // Runs what starts child processes: with the settings for that checked.
  template <class Function>
  int carried_out(const Function& function) {
    if (process_.host_or_error().problem) {
      return refuse(*process_.host_or_error().problem, kWrongUsage);
    }
    const auto result = interruptible(function);
    const bool ended = !result && result.error().code == engine::Code::cancelled && signal_ != 0;
    return ended ? refuse(result.error(), kSignalled + signal_) : shown_as_result(result);
  }

  // With progress shown, and told to stop by Ctrl-C.
  template <class Function>
  std::invoke_result_t<Function, engine::CallContext> interruptible(const Function& function) {
    std::stop_source stop;
    const Interrupt interrupt([&](int signal) {
      signal_ = signal;
      stop.request_stop();
    });
    return function(engine::CallContext{stop.get_token(), [this](std::string_view step) {
                                          terminal_.progress(tools::sanitize_line(step));
                                        }});
  }

  const CommandLine& line_;
  const RealHost& process_;
  Terminal& terminal_;
  std::atomic<int> signal_ = 0;  // that told us to stop
};

int run(const CommandLine& line, const RealHost& process, Terminal& terminal, Commands& commands) {
  switch (line.command) {
    case CommandName::rollout:
      return commands.rollout();
    case CommandName::resolve_tag:
      return commands.resolve_tag();
    case CommandName::lookup:
      return commands.lookup();
    case CommandName::services:
      return commands.services();
    case CommandName::doctor:
      return commands.doctor();
    case CommandName::completion:
      return commands.completion();
    case CommandName::complete:
      return commands.complete();
    case CommandName::regenerate:
      return commands.regenerate();
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
