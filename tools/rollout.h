// The tool `rollout` (specification, section 3).
#pragma once

#include "engine/base/result.h"
#include "engine/rollout.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool rollout_tool(const HostOrError& host_or_error);

// The request that the arguments make: `bad_argument`. It may lack both service and file; then the
// service has still to be chosen.
engine::Result<engine::RolloutRequest> read_rollout(const Json& arguments);

}  // namespace tools
