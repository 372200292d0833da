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

void show(cli::Terminal& terminal, const cli::NothingToRun& nothing) {
  const std::string_view out = without_last_newline(nothing.out);
  if (!out.empty() && nothing.exit_code == cli::kDone) {
    terminal.print(out);
  } else if (!out.empty()) {
    terminal.print_verbatim(out);  // JSON
  }
  if (!nothing.err.empty()) {
    terminal.complain(without_last_newline(nothing.err));
  }
}

int run(int argc, char** argv) {
  const mode_t creation_mask = cli::prepare_process();
  const auto read = cli::read_command_line(argc, argv);
  if (const auto* nothing = std::get_if<cli::NothingToRun>(&read)) {
    cli::Terminal terminal(engine::Environment::of_process());
    show(terminal, *nothing);
    return nothing->exit_code == cli::kDone && !terminal.ok() ? cli::kRefused : nothing->exit_code;
  }
  const auto& line = std::get<cli::CommandLine>(read);
  const bool serves = line.command == cli::CommandName::serve;
  const cli::RealHost process(argc > 0 ? argv[0] : "", line.services_file, creation_mask,
                              serves ? engine::Keep::for_later : engine::Keep::while_needed);
  if (!serves) {
    cli::Terminal terminal(process.host().environment);
    return cli::run_command(line, process, terminal);
  }
  cli::set_up_log(
      {line.log_level ? line.log_level : process.host().environment.get("ROLLOUT_LOG_LEVEL"),
       line.log_file});
  return cli::serve(process.host_or_error());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return cli::refuse_unexpected(error, cli::wants_json(argc, argv));
  }
}
