// Serves MCP on stdin and stdout: the program without a command.
#pragma once

#include "tools/tool_call.h"

namespace cli {

// Returns the exit status, at the end of the input or after a signal.
int serve(const tools::HostOrError& host_or_error);

}  // namespace cli
