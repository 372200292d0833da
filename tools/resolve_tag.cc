#include "tools/resolve_tag.h"

#include <utility>

#include "tools/arguments.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Computes the image tag of the project's current commit, pr-<PR number>-<first 7 of HEAD>, and "
    "changes nothing. Use it when the user asks which tag the branch has; a rollout does not need "
    "it. Do not compute the tag yourself: git does not guarantee exactly 7 digits. Whether the "
    "image exists or the build has passed is not checked: do not ask a registry, git tags or the "
    "CI. Tell the user the warnings.";

engine::Result<engine::ResolvedTag> call(const engine::Host& host,
                                         engine::ResolveTagRequest& request,
                                         mcp::Context& context) {
  return engine::resolve_tag(host, request, call_context(context));
}

}  // namespace

engine::Result<engine::ResolveTagRequest> read_resolve_tag(const Json& arguments) {
  Arguments in(arguments);
  engine::ResolveTagRequest request;
  request.project.directory = in.absolute_path("projectDir");
  request.pr_number = in.pr_number("prNumber");
  return in.finish(std::move(request));
}

mcp::Tool resolve_tag_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "resolve_tag",
                             .title = "Resolve the image tag",
                             .description = kDescription,
                             .read_only = true};
  return make_tool(host_or_error, traits, read_resolve_tag, call);
}

}  // namespace tools
