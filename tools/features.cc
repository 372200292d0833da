#include "tools/features.h"

#include "tools/add_rwenv.h"
#include "tools/list_rwenvs.h"
#include "tools/lookup_service.h"
#include "tools/regenerate_services.h"
#include "tools/resolve_tag.h"
#include "tools/rollback.h"
#include "tools/rollout.h"
#include "tools/rollout_history.h"
#include "tools/rollout_status.h"
#include "tools/set_rwenv.h"

namespace tools {

mcp::Features all_features(const HostOrError& host_or_error) {
  return {.tools = {rollout_tool(host_or_error), rollback_tool(host_or_error),
                    resolve_tag_tool(host_or_error), lookup_service_tool(host_or_error),
                    rollout_history_tool(host_or_error), rollout_status_tool(host_or_error),
                    regenerate_services_tool(host_or_error), list_rwenvs_tool(host_or_error),
                    set_rwenv_tool(host_or_error), add_rwenv_tool(host_or_error)},
          .prompts = {rollout_prompt(), rollback_prompt(), status_prompt()},
          .providers = {resources(host_or_error)},
          .completer = completer(host_or_error)};
}

std::string_view instructions() {
  return "Deploys a feature branch to an environment that Flux manages. Use it whenever the user "
         "says rollout, deploy tag, update tag or push tag, or wants the current branch in their "
         "environment: call the tool `rollout` with the service's name. That one call computes the "
         "image tag (pr-<PR number>-<first 7 of HEAD>), writes it into the Flux repository of the "
         "project's active rwenv, commits and pushes; Flux reconciles by itself.\n\n"
         "Do not do any part of it by hand, neither before nor after: do not compute the tag, do "
         "not look for its place in the Flux repository, do not clone, edit, commit or push there. "
         "Do not check whether the image exists, do not ask a registry, git tags, the CI or "
         "workflow runs; only if the user explicitly asks for the build to be checked, pass "
         "verifyPipeline. `dryRun` shows the change without making it. `resolve_tag` and "
         "`lookup_service` answer questions about the tag and about a service; a rollout does not "
         "need them. `rollout_status` tells what is set now, and whether a service's image is "
         "live; "
         "`rollout_history` lists what the image was set to before, and `rollback` puts it back. "
         "`regenerate_services` makes the catalog of services from the Flux "
         "repository. `list_rwenvs` lists the environments, `set_rwenv` sets the project's and "
         "`add_rwenv` adds one: only when the user asks for it, with what the user has named.\n\n"
         "Show the user the `report` of a result as it is, with its warnings. A refusal means "
         "that nothing was changed, except that after unknown_outcome the push may have arrived: "
         "tell the user the message and the hint instead of working around it.";
}

}  // namespace tools
