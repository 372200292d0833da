// The secret that seals `requestState` (mcp/server.h), kept in a file, so that a server that is
// started anew between the rounds of one request, or another one of the same user, takes it for its
// own. Safe to call from several processes at once: all get the same.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "engine/host.h"

namespace tools {

// 32 bytes of `rollout-mcp/request-state.key` in $XDG_STATE_HOME or ~/.local/state (XDG Base
// Directory Specification; a relative value counts as none). Made when it is first asked for: mode
// 0600 in a directory of mode 0700. A file that others may read, that is not ours or has a wrong
// size is not used but made anew. Where none can be kept the result is "" and `warn` is told why.
std::string state_key(const engine::Environment& environment,
                      const std::function<void(std::string_view)>& warn);

}  // namespace tools
