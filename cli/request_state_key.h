// The secret that seals `requestState` (mcp/server.h), kept in a file, so that a server that is
// restarted between the rounds of one request, or another one of the same user, takes it for its
// own. Safe to call from several processes at once: all get the same.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/host.h"

namespace cli {

// 32 bytes of `rollout-mcp/request-state.key` in $XDG_STATE_HOME or ~/.local/state (XDG Base
// Directory Specification; a relative value counts as none). Made when it is first asked for: mode
// 0600 in a directory of mode 0700. A file that others may read, that is not ours or has a wrong
// size is not used, and a new one is made. Where none can be kept the result is "" and `warn` is
// told why.
std::string request_state_key(const engine::Environment& environment,
                              const std::function<void(std::string_view)>& warn);

// Notes in `request-state.used`, beside the key, that the `requestState` of this id has been used
// and is to be remembered until `expires`. False if it was used before, in whichever process of the
// user; also while too many are remembered. Where no record can be kept the result is true and
// `warn` is told why. `id` is hexadecimal.
bool spend_state(const engine::Environment& environment, const std::string& id,
                 std::chrono::system_clock::time_point expires,
                 const std::function<void(std::string_view)>& warn);

}  // namespace cli
