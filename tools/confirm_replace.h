// A rollout that would replace another pull request's image, where the rwenv wants the user to
// agree to that (`confirmReplace`).
#pragma once

#include <string>

#include "engine/config/project.h"
#include "engine/replacement.h"
#include "mcp/features.h"

namespace tools {

// Asks the client's user; for engine::rollout() of that project. An answer is about the very image
// that the question names: in 2026-07-28 it counts for no other one when the call is made again.
// `context` must outlive what is returned.
engine::ConfirmReplace confirm_replace(mcp::Context& context,
                                       const engine::ProjectRequest& project = {});

// "backend-services in 'rdebug' is at pr-41-0f0e0d0, rolled out by Alice 12 minutes ago. Replace it
// with pr-42-a1b2c3d?"
std::string replace_question(const engine::ReplaceQuestion& question);

}  // namespace tools
