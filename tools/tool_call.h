// The way between a tool call and the engine: what the engine is told of the call, and what the
// caller gets of the engine's answer. Called by every tool on a worker thread of the server.
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "mcp/features.h"
#include "tools/render.h"
#include "tools/render_rwenvs.h"

namespace tools {

// What the process was started with. A problem of its settings (an environment variable that makes
// no sense) is no reason not to serve, because a client shows nothing of a server that exits: it
// refuses the calls that the setting is for.
struct HostOrError {
  engine::Host host;
  std::optional<engine::Error> problem;
};

// Stops when the client cancels; each step of the engine is a progress notification.
engine::CallContext call_context(mcp::Context& context);
// For work that begins the call, before the client is asked anything: it sends no notifications,
// and uses what was looked at since the request came.
engine::CallContext first_look_context(const mcp::Context& context);

// %41 to "A"; nothing for a broken escape, or for one of a control character.
std::optional<std::string> percent_decoded(std::string_view text);

mcp::ToolResult to_tool_result(const engine::Error& error);
mcp::ToolResult to_tool_result(OrderedJson structured);

template <class T>
mcp::ToolResult to_tool_result(const engine::Result<T>& result) {
  return result ? to_tool_result(structured(*result)) : to_tool_result(result.error());
}
inline mcp::ToolAnswer to_tool_result(const engine::Result<mcp::RenderedResult>& result) {
  return result ? mcp::ToolAnswer(*result) : to_tool_result(result.error());
}

}  // namespace tools
