#include "tools/regenerate_services.h"

#include "tools/arguments.h"
#include "tools/client_roots.h"
#include "tools/confirm_rwenv.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Makes the catalog of services (services.json) of the project's active environment from its "
    "Flux repository: fetches it, finds the kustomizations with `images`, the services that "
    "run them and the HelmReleases with image tags, and writes the local catalog. Use it when the "
    "user asks to regenerate or update the services or the flux-infra-guide, or when a service "
    "that exists in the Flux repository is not in the catalog. One call does everything: do not "
    "clone or search the Flux repository and do not edit services.json yourself. What a person "
    "wrote in the catalog is kept. What has no certain place is listed, never guessed: show it to "
    "the user. With dryRun the change is only shown. Nothing is committed or pushed, so it also "
    "works in a read-only environment. Show the user the report as it is, with its warnings.";

}  // namespace

engine::Result<engine::RegenerateRequest> read_regenerate_services(const Json& arguments) {
  Arguments in(arguments);
  engine::RegenerateRequest request;
  request.dry_run = in.boolean("dryRun").value_or(false);
  request.path = in.name("path");
  request.project.directory = in.absolute_path("projectDir");
  if (auto error = in.finish()) {
    return engine::Failure(*error);
  }
  return request;
}

mcp::Tool regenerate_services_tool(const HostOrError& host_or_error) {
  const auto definition = [] {
    return tool_definition("regenerate_services", "Regenerate the catalog of services",
                           kDescription,
                           {{"title", "Regenerate the catalog of services"},
                            {"readOnlyHint", false},
                            {"destructiveHint", false},
                            {"idempotentHint", true},
                            {"openWorldHint", true}});
  };
  const auto call = [&host_or_error](const Json& arguments, mcp::Context& context) {
    engine::Result<engine::RegenerateRequest> request = read_regenerate_services(arguments);
    if (!request) {
      return to_tool_result(request.error());
    }
    if (host_or_error.problem) {
      return to_tool_result(*host_or_error.problem);
    }
    if (auto settled = settle_project(host_or_error.host, request->project, context); !settled) {
      return to_tool_result(settled.error());
    }
    if (!request->dry_run) {
      if (auto confirmed = confirm_rwenv(host_or_error.host, request->project,
                                         "Write the catalog of services of", context);
          !confirmed) {
        return to_tool_result(confirmed.error());
      }
    }
    return to_tool_result(engine::regenerate(host_or_error.host, *request, call_context(context)));
  };
  return {"regenerate_services", definition, call, /*slow=*/true};
}

}  // namespace tools
