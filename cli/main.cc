// rollout-mcp: an MCP server, and the same engine on the command line.
#include <exception>
#include <string_view>
#include <variant>

#include <sys/types.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/log.h"
#include "cli/prepare_process.h"
#include "cli/read_command_line.h"
#include "cli/real_host.h"
#include "cli/serve.h"
#include "cli/terminal.h"
#include "cli/unexpected.h"

namespace {

std::string_view without_last_newline(std::string_view text) {
  return text.substr(0, text.size() - (text.ends_with('\n') ? 1 : 0));
}

void show(tools::Terminal& terminal, const tools::NothingToRun& nothing) {
  if (!nothing.out.empty()) {
    terminal.print(without_last_newline(nothing.out));
  }
  if (!nothing.err.empty()) {
    terminal.complain(without_last_newline(nothing.err));
  }
}

int run(int argc, char** argv) {
  const mode_t creation_mask = tools::prepare_process();
  const auto read = tools::read_command_line(argc, argv);
  if (const auto* nothing = std::get_if<tools::NothingToRun>(&read)) {
    tools::Terminal terminal(engine::Environment::of_process());
    show(terminal, *nothing);
    return nothing->exit_code == tools::kDone && !terminal.ok() ? tools::kRefused
                                                                : nothing->exit_code;
  }
  const auto& line = std::get<tools::CommandLine>(read);
  const tools::RealHost process(argc > 0 ? argv[0] : "", line.services_file, creation_mask);
  if (line.command != tools::CommandName::serve) {
    tools::Terminal terminal(process.host().environment);
    return tools::run_command(line, process, terminal);
  }
  tools::set_up_log(
      {line.log_level ? line.log_level : process.host().environment.get("ROLLOUT_LOG_LEVEL"),
       line.log_file});
  return tools::serve(process.host_or_error());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return tools::refuse_unexpected(error, tools::wants_json(argc, argv));
  }
}
