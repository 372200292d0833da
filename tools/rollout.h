// The tool `rollout` (CONTRACT section 3).
#pragma once

#include <optional>

#include "engine/error.h"
#include "engine/result.h"
#include "engine/rollout.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `setup` must outlive the tool.
mcp::Tool rollout_tool(const Setup& setup);

// The request that the arguments make: `bad_argument`. It may lack both service and file; then the
// service has still to be chosen.
engine::Result<engine::RolloutRequest> read_rollout(const Json& arguments);

// A file that is given by hand for no service needs the image's name with it: `bad_argument`.
std::optional<engine::Error> image_name_missing(const engine::RolloutRequest& request);

}  // namespace tools
