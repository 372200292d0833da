// What the tools have in common: their entries in tools/list, and the way of a call. Its arguments
// are read; then the settings of the process and the place of the project are looked at; then the
// engine is asked.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "json/json.h"
#include "mcp/features.h"
#include "tools/client_roots.h"
#include "tools/tool_call.h"

namespace tools {

struct ToolTraits {
  std::string_view name;  // and that of the schemas, <name>.input.json and <name>.output.json
  std::string_view title;
  std::string_view description;
  // MCP's annotations.
  bool read_only = false;
  bool destructive = false;
  bool idempotent = true;
  bool open_world = true;

  bool slow = false;             // as mcp::Tool::slow
  bool starts_processes = true;  // refused where HostOrError has a problem
  // Where the client knows how: a person confirms each call, whatever is allowed otherwise.
  bool needs_person = false;
  // Where the client knows how: its model sees the name at first, and the rest when it looks for
  // it.
  bool deferred = false;
};

// The tool's entry in tools/list, with its schemas, which are embedded in the program.
OrderedJson tool_definition(const ToolTraits& traits);

// `read` makes the request of the arguments: `bad_argument`. `call(host, request, context)` may ask
// the client before it asks the engine; it returns a Result of what has a structured(), or of the
// answer itself. `host_or_error` must outlive the tool, and so must the texts of `traits`.
template <class Request, class Call>
mcp::Tool make_tool(const HostOrError& host_or_error, const ToolTraits& traits,
                    engine::Result<Request> (*read)(const Json& arguments), Call call) {
  const auto definition = [traits] { return tool_definition(traits); };
  const auto serve = [&host_or_error, read, call, starts_processes = traits.starts_processes](
                         const Json& arguments, mcp::Context& context) -> mcp::ToolAnswer {
    engine::Result<Request> request = read(arguments);
    if (!request) {
      return to_tool_result(request.error());
    }
    if (starts_processes && host_or_error.problem) {
      return to_tool_result(*host_or_error.problem);
    }
    if (auto settled = settle_project(host_or_error.host, request->project, context); !settled) {
      return to_tool_result(settled.error());
    }
    return to_tool_result(call(host_or_error.host, *request, context));
  };
  return {std::string(traits.name), definition, serve, traits.slow};
}

}  // namespace tools
