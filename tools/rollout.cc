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
    "sets it in the service's image entry of the Flux repository, commits and pushes. Flux then "
    "applies the change by itself. Use it when the user says rollout, deploy tag, update tag or "
    "push tag, or asks to bring the branch into their environment. One call does everything: pass "
    "the service, or several as services, and nothing that the user has not named. Do not compute "
    "the tag, do not look up "
    "the pull request, the place in the Flux repository or the environment, and do not clone, "
    "edit, commit or push anything yourself, neither before nor after. It never checks whether the "
    "image exists in a registry, never uses git tags, and asks for the pull request's checks only "
    "if verifyPipeline is true: do not check registries, pipelines or workflow runs either, unless "
    "the user explicitly asks. The services that share the image change together; the report names "
    "them. With dryRun the change is only shown. If the tag is already there, nothing is changed, "
    "so it is safe to call again. Repository, branch and environment come from the project's "
    "active rwenv and cannot be passed. Show the user the report as it is, with its warnings. A "
    "refusal means that nothing was changed, except that after unknown_outcome the push may have "
    "arrived: show its message and hint, and do not work around it by hand. Status proposed means "
    "that people have to merge the request first: do not merge it.";

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
