// The tool `list_rwenvs` (specification, section 3).
#pragma once

#include "engine/base/result.h"
#include "engine/list_rwenvs.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool list_rwenvs_tool(const HostOrError& host_or_error);

// The request that the arguments make: `bad_argument`.
engine::Result<engine::ListRwenvsRequest> read_list_rwenvs(const Json& arguments);

}  // namespace tools
