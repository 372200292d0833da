// The commands of the command line but for serving (CONTRACT section 9). Each runs to its end and
// returns the exit status (tools/exit_status.h).
#pragma once

#include "tools/command_line.h"
#include "tools/process_host.h"
#include "tools/terminal.h"

namespace tools {

int run_command(const CommandLine& line, const ProcessHost& process, Terminal& terminal);

}  // namespace tools
