#include "tools/rollout.h"

#include <string>
#include <utility>

#include "tools/arguments.h"
#include "tools/choose_rwenv.h"
#include "tools/choose_service.h"
#include "tools/confirm_replace.h"
#include "tools/confirm_rwenv.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Deploys the current feature branch: computes the image tag pr-<PR number>-<first 7 of HEAD>, "
    "sets it in the Flux repository, commits and pushes; Flux applies it by itself. Use it when "
    "the user says rollout, deploy tag, update tag or push tag, or wants the branch in their "
    "environment. One call does everything: pass the service, or several as services, and nothing "
    "that the user has not named. Repository, branch and environment come from the project's "
    "active rwenv. Do no part of it yourself, neither before nor after: no tag, clone, edit, "
    "commit or push, and no look at registries, git tags, pipelines or workflow runs. Services "
    "that share the image change together. Calling it again is safe. Show the user the report as "
    "it is, with its warnings. A refusal means that nothing was changed, except that after "
    "unknown_outcome the push may have arrived: show its message and hint, and do not work around "
    "it. Status proposed: people merge the request, not you.";

engine::Result<engine::RolloutResult> call(const engine::Host& host,
                                           engine::RolloutRequest& request, mcp::Context& context) {
  if (!request.dry_run) {
    RETURN_IF_FAILED(confirm_rwenv(host, request.project, "Roll out to", context));
    RETURN_IF_FAILED(choose_rwenv_if_none(host, request.project, context));
  }
  if (!request.service && request.services.empty() && !request.file && !request.image_name &&
      !request.path) {
    engine::Result<std::string> chosen = choose_service(host, request.project, context);
    RETURN_IF_FAILED(chosen);
    request.service = std::move(*chosen);
  }
  return with_chosen_rwenv(host, request.project,
                           engine::rollout(host, request, call_context(context),
                                           confirm_replace(context, request.project)));
}

}  // namespace

engine::Result<engine::RolloutRequest> read_rollout(const Json& arguments) {
  Arguments in(arguments);
  engine::RolloutRequest request;
  request.service = in.name("service");
  request.services = in.names("services", engine::RolloutRequest::kMaxServices);
  request.dry_run = in.boolean("dryRun").value_or(false);
  request.tag = in.image_tag("tag");
  request.pr_number = in.pr_number("prNumber");
  request.file = in.name("file");
  request.image_name = in.name("imageName");
  request.path = in.name("path");
  request.verify_pipeline = in.boolean("verifyPipeline").value_or(false);
  request.wait = in.seconds("waitSeconds", engine::kMaxWait);
  request.project.directory = in.absolute_path("projectDir");
  return in.finish(std::move(request));
}

mcp::Tool rollout_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "rollout",
                             .title = "Roll out the current branch",
                             .description = kDescription,
                             .destructive = true,
                             .slow = true};
  return make_tool(host_or_error, traits, read_rollout, call);
}

}  // namespace tools
