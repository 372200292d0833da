// What `rwenv set` and `rwenv add` ask a person at a terminal (cli::Terminal::ask). Nothing is
// changed here, so that a person who stops in the middle leaves nothing behind.
#pragma once

#include <string>

#include "cli/terminal.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/new_rwenv.h"
#include "engine/config/project.h"

namespace cli {

// The name of one of the rwenvs, by its number or its name: `cancelled` for a signal,
// `bad_argument` at the end of input, `unknown_rwenv` where there is none, and what reading
// envs.json fails with. Asks again if an answer is not accepted.
engine::Result<std::string> ask_which_rwenv(const engine::Host& host,
                                            const engine::ProjectRequest& project,
                                            Terminal& terminal, const engine::CallContext& call);

// Asks for what `rwenv` lacks. First checks what it has: `bad_argument`.
engine::Result<void> ask_for_rwenv(const engine::Host& host, engine::NewRwenv& rwenv,
                                   Terminal& terminal, const engine::CallContext& call);

}  // namespace cli
