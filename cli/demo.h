// The command `demo` (specification, section 9): a real rollout in a sandbox, asked for by a real
// client over the server's real stdio, shown as it happens.
#pragma once

#include "cli/terminal.h"
#include "engine/base/host.h"

namespace cli {

// Returns the exit status. Removes the sandbox at the end, also after Ctrl-C.
int demo(const engine::Host& host, Terminal& terminal);

}  // namespace cli
