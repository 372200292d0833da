// The tool `rollout_history` (specification, section 3).
#pragma once

#include "engine/base/result.h"
#include "engine/rollout_history.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool rollout_history_tool(const HostOrError& host_or_error);

// The request that the arguments make: `bad_argument`.
engine::Result<engine::RolloutHistoryRequest> read_rollout_history(const Json& arguments);

}  // namespace tools
