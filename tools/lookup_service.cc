#include "tools/lookup_service.h"

#include <memory>
#include <utility>

#include "tools/arguments.h"
#include "tools/lookup_answers.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Tells from the local catalog where a service's image is set in the Flux repository, and which "
    "services share it. Use it when the user asks what a rollout would change or where a service "
    "is configured; a rollout does not need it. Do not search the Flux repository yourself.";

}  // namespace

engine::Result<engine::LookupRequest> read_lookup_service(const Json& arguments) {
  Arguments in(arguments);
  engine::LookupRequest request;
  in.require("service", "the name of a service in the catalog");
  request.service = in.name("service").value_or("");
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool lookup_service_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "lookup_service",
                             .title = "Look up a service",
                             .description = kDescription,
                             .read_only = true,
                             .open_world = false,
                             .starts_processes = false};
  const auto answers = std::make_shared<LookupAnswers>();
  return make_tool(host_or_error, traits, read_lookup_service,
                   [answers](const engine::Host& host, const engine::LookupRequest& request,
                             const mcp::Context& context) {
                     return answers->look_up(host, request, first_look_context(context));
                   });
}

}  // namespace tools
