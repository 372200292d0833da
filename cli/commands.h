// The commands of the command line but for serving (specification, section 9). Each runs to its end
// and returns the exit status (cli/exit_status.h).
#pragma once

#include "cli/command_line.h"
#include "cli/real_host.h"
#include "cli/terminal.h"

namespace cli {

int run_command(const CommandLine& line, const RealHost& process, Terminal& terminal);

}  // namespace cli
