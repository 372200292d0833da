#include "tools/rollback.h"

#include <utility>

#include "tools/arguments.h"
#include "tools/choose_rwenv.h"
#include "tools/confirm_replace.h"
#include "tools/confirm_rwenv.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Puts a service's image back to the tag that was there before the user's own, commits and "
    "pushes, in one call. Use it when the user says roll back, put it back, undo or revert the "
    "rollout. Without `to`, the image there must be of this project's pull request or set by the "
    "user; otherwise the refusal `occupied` says whose it is: tell the user, and do not work "
    "around it. Only the image goes back: databases and other changes do not. Edit, commit and "
    "push nothing yourself. Show the user the report as it is, with its warnings.";

engine::Result<engine::RolloutResult> call(const engine::Host& host,
                                           engine::RollbackRequest& request,
                                           mcp::Context& context) {
  if (!request.dry_run) {
    RETURN_IF_FAILED(confirm_rwenv(host, request.project, "Roll back in", context));
    RETURN_IF_FAILED(choose_rwenv_if_none(host, request.project, context));
  }
  return with_chosen_rwenv(host, request.project,
                           engine::rollback(host, request, call_context(context),
                                            confirm_replace(context, request.project)));
}

}  // namespace

engine::Result<engine::RollbackRequest> read_rollback(const Json& arguments) {
  Arguments in(arguments);
  engine::RollbackRequest request;
  in.require("service", "the name of a service in the catalog");
  request.service = in.name("service").value_or("");
  request.to = in.name("to");
  request.dry_run = in.boolean("dryRun").value_or(false);
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool rollback_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "rollback",
                             .title = "Put an image back",
                             .description = kDescription,
                             .destructive = true,
                             .slow = true};
  return make_tool(host_or_error, traits, read_rollback, call);
}

}  // namespace tools
