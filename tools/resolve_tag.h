// The tool `resolve_tag` (specification, section 3).
#pragma once

#include "engine/base/result.h"
#include "engine/resolve_tag.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool resolve_tag_tool(const HostOrError& host_or_error);

// The request that the arguments make: `bad_argument`.
engine::Result<engine::ResolveTagRequest> read_resolve_tag(const Json& arguments);

}  // namespace tools
