// `rwenv list`, `show`, `set` and `add` (specification, section 9). Each runs to its end and
// returns the exit status (cli/exit_status.h).
#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/real_host.h"
#include "cli/terminal.h"
#include "engine/base/host.h"

namespace cli {

int run_rwenv_command(const CommandLine& line, const RealHost& process, Terminal& terminal);

// For shell completion: none where envs.json cannot be read.
std::vector<std::string> names_of_rwenvs(const engine::Host& host);

}  // namespace cli
