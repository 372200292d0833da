// A call that writes, for another environment than the session's own, needs the user's consent
// (engine/config/session_rwenv.h). Not for the command line, where `--project` is the person's own
// word.
#pragma once

#include <filesystem>
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

// What the questions of one call are about, for mcp::Context::ask: the project, its rwenv, where
// that one's Flux repository is and which branch is configured.
std::string subject_of(const engine::ActiveRwenv& active);
// The same where the project is set to none: for all questions of a call that asks which.
std::string subject_without_rwenv(const std::filesystem::path& project);
// The one of the two that the questions of a call about this project are bound to.
std::string subject_of(const engine::ActiveRwenv& active, const engine::ProjectRequest& project);

// The question of confirm_rwenv().
OrderedJson rwenv_question(const engine::OtherRwenv& other, std::string_view question);

}  // namespace tools
