// The commands of the command line but for serving (CONTRACT section 9). Each runs to its end and
// returns the exit status: 0 done, 1 refused, 2 wrong usage.
#pragma once

#include "tools/command_line.h"
#include "tools/process_host.h"
#include "tools/terminal.h"

namespace tools {

inline constexpr int kDone = 0;
inline constexpr int kRefused = 1;
inline constexpr int kWrongUsage = 2;

int run_command(const CommandLine& line, const ProcessHost& process, Terminal& terminal);

}  // namespace tools
