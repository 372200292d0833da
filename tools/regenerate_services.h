// The tool `regenerate_services`: the catalog made from the Flux repository.
#pragma once

#include "engine/base/result.h"
#include "engine/regenerate.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool regenerate_services_tool(const HostOrError& host_or_error);

// The request that the arguments make: `bad_argument`.
engine::Result<engine::RegenerateRequest> read_regenerate_services(const Json& arguments);

}  // namespace tools
