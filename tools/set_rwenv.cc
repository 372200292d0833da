#include "tools/set_rwenv.h"

#include <utility>

#include "tools/arguments.h"
#include "tools/choose_rwenv.h"
#include "tools/confirm_rwenv.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Sets the environment (rwenv) that the project is rolled out to, in its .claude/rwenv. Use it "
    "only when the user asks to set, switch or change it, or agrees after a refusal no_rwenv: it "
    "decides where every later rollout goes. Pass a name only if the user has said it. Do not "
    "write .claude/rwenv yourself. Show the user the report as it is.";

engine::Result<engine::SetRwenvResult> call(const engine::Host& host,
                                            engine::SetRwenvRequest& request,
                                            mcp::Context& context) {
  const auto confirmed =
      confirm_rwenv(host, request.project, "Change what the project is set to, from", context);
  // A name that cannot be read is what this call may be there to replace.
  if (!confirmed && confirmed.error().code != engine::Code::bad_config) {
    return engine::Failure(confirmed.error());
  }
  if (request.name.empty()) {
    auto chosen = choose_rwenv(host, request.project, context);
    RETURN_IF_FAILED(chosen);
    request.name = std::move(*chosen);
  }
  return engine::set_rwenv(host, request, call_context(context));
}

}  // namespace

engine::Result<engine::SetRwenvRequest> read_set_rwenv(const Json& arguments) {
  Arguments in(arguments);
  engine::SetRwenvRequest request;
  request.name = in.rwenv_name("name").value_or("");
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool set_rwenv_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "set_rwenv",
                             .title = "Set the project's environment",
                             .description = kDescription,
                             .destructive = true,
                             .open_world = false,
                             .starts_processes = false,
                             .needs_person = true};
  return make_tool(host_or_error, traits, read_set_rwenv, call);
}

}  // namespace tools
