#include "tools/lookup_service.h"

#include "tools/arguments.h"
#include "tools/client_roots.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Tells where a service's image is set in the Flux repository of the active environment: image "
    "group, file, image name, the Flux kustomization, and every service that runs the same image. "
    "Use it when the user asks what a rollout of a service would touch or where a service is "
    "configured. The rollout tool looks this up itself, so there is no need to call this one "
    "before it. Reads the local catalog (services.json) only: no network, no clone, changes "
    "nothing. Do "
    "not search the Flux repository for the place of a tag yourself. A name that is not in the "
    "catalog is refused, with the nearest names.";

}  // namespace

engine::Result<engine::LookupRequest> read_lookup_service(const Json& arguments) {
  Arguments in(arguments);
  engine::LookupRequest request;
  in.require("service", "the name of a service in the catalog");
  request.service = in.name("service").value_or("");
  request.project.directory = in.absolute_path("projectDir");
  if (auto error = in.finish()) {
    return engine::Failure(*error);
  }
  return request;
}

mcp::Tool lookup_service_tool(const HostOrError& host_or_error) {
  const auto definition = [] {
    return tool_definition("lookup_service", "Look up a service", kDescription,
                           {{"title", "Look up a service"},
                            {"readOnlyHint", true},
                            {"destructiveHint", false},
                            {"idempotentHint", true},
                            {"openWorldHint", false}});
  };
  const auto call = [&host_or_error](const Json& arguments, mcp::Context& context) {
    engine::Result<engine::LookupRequest> request = read_lookup_service(arguments);
    if (!request) {
      return to_tool_result(request.error());
    }
    if (auto settled = settle_project(host_or_error.host, request->project, context); !settled) {
      return to_tool_result(settled.error());
    }
    return to_tool_result(
        engine::lookup_service(host_or_error.host, *request, {context.stop_token(), {}}));
  };
  return {"lookup_service", definition, call};
}

}  // namespace tools
