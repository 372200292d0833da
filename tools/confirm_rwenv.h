// A call that writes, for another environment than the session's own, needs the user's consent
// (engine/config/session_rwenv.h). Not for the command line, where `--project` is the person's own
// word.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/project.h"
#include "engine/config/session_rwenv.h"
#include "json/json.h"
#include "mcp/features.h"

namespace tools {

// Asks the user where there is a difference: `other_rwenv` if they do not agree or cannot be asked.
// `question` is what they agree to, such as "Roll out to". Then the engine takes no other rwenv for
// `project` than the one that was looked at. Asks, so it must come before anything is changed.
// That the project has no rwenv is left to the engine to say.
engine::Result<void> confirm_rwenv(const engine::Host& host, engine::ProjectRequest& project,
                                   std::string_view question, mcp::Context& context);

// What the questions of one call are about, for mcp::Context::ask: the project, its rwenv and where
// that one's Flux repository is.
std::string subject_of(const engine::ActiveRwenv& active);

// The parts of confirm_rwenv(): the question, and what an answer to it means.
OrderedJson rwenv_question(const engine::OtherRwenv& other, std::string_view question);
bool is_consent(const Json& answer);

}  // namespace tools
