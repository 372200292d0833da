#include "engine/git/unified_diff.h"

#include "engine/git/handles.h"
#include "engine/text/text.h"

namespace engine {
namespace {

int append_line(const git_diff_delta* /*delta*/, const git_diff_hunk* /*hunk*/,
                const git_diff_line* line, void* payload) {
  auto& text = *static_cast<std::string*>(payload);
  const bool prefixed = line->origin == GIT_DIFF_LINE_CONTEXT ||
                        line->origin == GIT_DIFF_LINE_ADDITION ||
                        line->origin == GIT_DIFF_LINE_DELETION;
  if (prefixed) {
    text.push_back(line->origin);
  }
  text.append(line->content, line->content_len);
  return 0;
}

}  // namespace

Result<std::string> unified_diff(const std::string& path, std::string_view before,
                                 std::string_view after) {
  start_libgit2();
  git_diff_options options = GIT_DIFF_OPTIONS_INIT;
  options.flags = GIT_DIFF_FORCE_TEXT;
  const GitPatch patch =
      git_new<GitPatch>(git_patch_from_buffers, before.data(), before.size(), path.c_str(),
                        after.data(), after.size(), path.c_str(), &options);
  std::string text;
  if (!patch || git_patch_print(patch.get(), append_line, &text) != 0) {
    return fail(Code::internal, "Could not compare " + sanitize_line(path) + ": " +
                                    sanitize_line(last_git_error()) + ".");
  }
  return text;
}

}  // namespace engine
