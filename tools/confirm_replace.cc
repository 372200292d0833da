#include "tools/confirm_replace.h"

#include "engine/config/active_rwenv.h"
#include "tools/confirm_rwenv.h"
#include "tools/confirmation.h"
#include "tools/render.h"

namespace tools {

engine::ConfirmReplace confirm_replace(mcp::Context& context,
                                       const engine::ProjectRequest& project) {
  return [&context, project](const engine::ReplaceQuestion& question) {
    const engine::ActiveRwenv active{question.project, question.config_directory, question.rwenv};
    const std::string title = "Replace " + sanitize_line(question.replaced.tag);
    // All questions of a call have the same subject, so the key says what this one is about. The
    // key does not contain the image's age, which grows between two rounds.
    const std::string key = title + " by " + sanitize_line(question.tag) + " in " +
                            sanitize_line(question.target) + " of " + sanitize_line(question.file);
    return ask_consent(context, key, confirmation(replace_question(question), title),
                       subject_of(active, project));
  };
}

std::string replace_question(const engine::ReplaceQuestion& question) {
  return sanitize_line(question.target) + " in '" + sanitize_line(question.rwenv) + "' is at " +
         sanitize_line(question.replaced.of_another.value_or(question.replaced.tag)) +
         ". Replace it with " + sanitize_line(question.tag) + "?";
}

}  // namespace tools
