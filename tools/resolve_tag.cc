#include "tools/resolve_tag.h"

#include "tools/arguments.h"
#include "tools/client_roots.h"

namespace tools {
namespace {

constexpr const char* kDescription =
    "Computes the image tag of the project's current commit: pr-<PR number>-<first 7 of HEAD>. "
    "Use it when the user asks which tag the branch has, or would get. The rollout tool computes "
    "the tag itself, so there is no need to call this one before it. Reads the local repository "
    "and asks gh for the pull request (unless prNumber is given); changes nothing. It never checks "
    "whether the image exists or the build has passed, and neither should you: do not ask a "
    "registry, git tags, or the CI. Do not compute the tag yourself with git or gh: the commit has "
    "to be cut to exactly 7 digits, which git does not guarantee. Tell the user about the "
    "warnings.";

}  // namespace

engine::Result<engine::ResolveTagRequest> read_resolve_tag(const Json& arguments) {
  Arguments in(arguments);
  engine::ResolveTagRequest request;
  request.project.directory = in.absolute_path("projectDir");
  request.pr_number = in.pr_number("prNumber");
  if (auto error = in.finish()) {
    return engine::Failure(*error);
  }
  return request;
}

mcp::Tool resolve_tag_tool(const HostOrError& host_or_error) {
  const auto definition = [] {
    return tool_definition("resolve_tag", "Resolve the image tag", kDescription,
                           {{"title", "Resolve the image tag"},
                            {"readOnlyHint", true},
                            {"destructiveHint", false},
                            {"idempotentHint", true},
                            {"openWorldHint", true}});
  };
  const auto call = [&host_or_error](const Json& arguments, mcp::Context& context) {
    engine::Result<engine::ResolveTagRequest> request = read_resolve_tag(arguments);
    if (!request) {
      return to_tool_result(request.error());
    }
    if (host_or_error.problem) {
      return to_tool_result(*host_or_error.problem);
    }
    if (auto settled = settle_project(host_or_error.host, request->project, context); !settled) {
      return to_tool_result(settled.error());
    }
    return to_tool_result(engine::resolve_tag(host_or_error.host, *request, call_context(context)));
  };
  return {"resolve_tag", definition, call};
}

}  // namespace tools
