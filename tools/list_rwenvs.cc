#include "tools/list_rwenvs.h"

#include <utility>

#include "tools/arguments.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Lists the environments (rwenvs) that can be rolled out to, and says which one the project is "
    "set to. Use it when the user asks for that; a rollout does not need it. Do not read envs.json "
    "or .claude/rwenv yourself. Show the user the report as it is.";

engine::Result<engine::RwenvListing> call(const engine::Host& host,
                                          engine::ListRwenvsRequest& request,
                                          mcp::Context& context) {
  return engine::list_rwenvs(host, request, {context.stop_token(), {}});
}

}  // namespace

engine::Result<engine::ListRwenvsRequest> read_list_rwenvs(const Json& arguments) {
  Arguments in(arguments);
  engine::ListRwenvsRequest request;
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool list_rwenvs_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "list_rwenvs",
                             .title = "List the environments",
                             .description = kDescription,
                             .read_only = true,
                             .open_world = false,
                             .starts_processes = false};
  return make_tool(host_or_error, traits, read_list_rwenvs, call);
}

}  // namespace tools
