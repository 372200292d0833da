// The tool `set_rwenv` (specification, section 3).
#pragma once

#include "engine/base/result.h"
#include "engine/set_rwenv.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool set_rwenv_tool(const HostOrError& host_or_error);

// The request that the arguments make, with no name where that is missing: `bad_argument`.
engine::Result<engine::SetRwenvRequest> read_set_rwenv(const Json& arguments);

}  // namespace tools
