#include "tools/regenerate_services.h"

#include <utility>

#include "tools/arguments.h"
#include "tools/choose_rwenv.h"
#include "tools/confirm_rwenv.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Makes the catalog of services (services.json) of the active environment from its Flux "
    "repository. Use it when the user asks to regenerate or update the services or the "
    "flux-infra-guide, or when a service of the repository is not in the catalog. Do not clone or "
    "search the repository and do not edit services.json yourself. What a person wrote in the "
    "catalog is kept. Nothing is committed or pushed. What has no certain place is listed in the "
    "report, not guessed: show the user the report as it is, with its warnings.";

engine::Result<engine::RegenerateResult> call(const engine::Host& host,
                                              engine::RegenerateRequest& request,
                                              mcp::Context& context) {
  if (!request.dry_run) {
    RETURN_IF_FAILED(
        confirm_rwenv(host, request.project, "Write the catalog of services of", context));
    RETURN_IF_FAILED(choose_rwenv_if_none(host, request.project, context));
  }
  return with_chosen_rwenv(host, request.project,
                           engine::regenerate(host, request, call_context(context)));
}

}  // namespace

engine::Result<engine::RegenerateRequest> read_regenerate_services(const Json& arguments) {
  Arguments in(arguments);
  engine::RegenerateRequest request;
  request.dry_run = in.boolean("dryRun").value_or(false);
  request.path = in.name("path");
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool regenerate_services_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "regenerate_services",
                             .title = "Regenerate the catalog of services",
                             .description = kDescription,
                             .slow = true,
                             .deferred = true};
  return make_tool(host_or_error, traits, read_regenerate_services, call);
}

}  // namespace tools
