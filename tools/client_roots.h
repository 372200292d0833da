// Which project a call is about, as far as the client says it: what its roots are to the engine.
// Called by everything that reads the project, on a worker thread of the server.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "mcp/features.h"

namespace tools {

// The path that a root names: a file: URI of this machine, also in spellings that clients use
// beside the standard's (`file:/path`, `FILE:///path`), percent-decoded; or an absolute path.
std::optional<std::filesystem::path> path_of_root(std::string_view root);

// Finds the project of a call once for all that follows, by the rules of
// engine/checkout/project_place.h. May ask the client, which unwinds a handler of 2026-07-28: so it
// comes first. `timeout`, `cancelled`. `context` must outlive `project`.
engine::Result<void> settle_project(const engine::Host& host, engine::ProjectRequest& project,
                                    mcp::Context& context);

}  // namespace tools
