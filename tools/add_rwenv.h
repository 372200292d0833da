// The tool `add_rwenv` (specification, section 3).
#pragma once

#include "engine/add_rwenv.h"
#include "engine/base/result.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/tool_call.h"

namespace tools {

// `host_or_error` must outlive the tool.
mcp::Tool add_rwenv_tool(const HostOrError& host_or_error);

// The rwenv that the arguments make, which may lack a name or a Flux repository: `bad_argument`.
engine::Result<engine::NewRwenv> read_add_rwenv(const Json& arguments);

// The question for what is missing; and putting the answer into `rwenv`, which fails with
// `bad_argument` or `cancelled` if there is no answer.
OrderedJson rwenv_form(const engine::NewRwenv& rwenv);
engine::Result<void> read_rwenv_form(const Json& answer, engine::NewRwenv& rwenv);

}  // namespace tools
