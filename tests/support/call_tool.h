// A call of one of the tools, as the server makes it.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "json/json.h"
#include "mcp/features.h"
#include "tests/support/fake_context.h"
#include "tools/features.h"
#include "tools/tool_call.h"

namespace test {

inline mcp::ToolResult call_tool(const tools::HostOrError& host, const std::string& name,
                                 const Json& arguments, mcp::Context& context) {
  for (const mcp::Tool& tool : tools::all_features(host).tools) {
    if (tool.name == name) {
      return result_of(tool.call(arguments, context));
    }
  }
  ADD_FAILURE() << "no tool " << name;
  return {};
}

}  // namespace test
