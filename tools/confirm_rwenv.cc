#include "tools/confirm_rwenv.h"

#include <utility>

#include "engine/config/rwenv.h"
#include "json/parse.h"
#include "tools/confirmation.h"
#include "tools/render.h"

namespace tools {
namespace {

constexpr const char* kNobodyAgreed =
    "Nothing was changed. Start a session in that project, or name it on the command line with "
    "`--project`. Without `projectDir`, the call is for the session's own project.";
constexpr const char* kDeclined =
    "The user was asked and did not agree; nothing was changed. Do not try to do it in another "
    "way.";
constexpr const char* kChanged =
    "The project's rwenv was changed while the user was asked. Nothing was rolled out or written: "
    "call again.";

engine::Result<void> ask(const engine::OtherRwenv& other, const engine::ActiveRwenv& active,
                         std::string_view question, mcp::Context& context) {
  const std::string subject = subject_of(active);
  switch (ask_consent(context, "rwenv", rwenv_question(other, question), subject)) {
    case engine::Consent::nobody_to_ask:
      return engine::Failure(engine::other_rwenv(other, kNobodyAgreed));
    case engine::Consent::declined:
      return engine::Failure(engine::other_rwenv(other, kDeclined));
    case engine::Consent::given:
      break;
  }
  if (subject != subject_of(active)) {
    return engine::Failure(engine::other_rwenv(other, kChanged));
  }
  return {};
}

}  // namespace

engine::Result<void> confirm_rwenv(const engine::Host& host, engine::ProjectRequest& project,
                                   std::string_view question, mcp::Context& context) {
  const engine::CallContext call{context.stop_token(), {}};
  auto read = engine::read_project(host, project, {.rwenv_name = true}, call);
  if (!read && read.error().code != engine::Code::no_rwenv &&
      read.error().code != engine::Code::bad_argument) {
    return engine::failure_of(read);
  }
  project.rwenv = read ? *read->rwenv_name : "";
  if (!read) {
    return {};  // for the engine to refuse, which has more to look at before
  }
  const auto config = engine::rwenv_config_directory(host);
  const engine::ActiveRwenv active{std::move(read->directory),
                                   config.value_or(std::filesystem::path()), *project.rwenv};
  const auto other = engine::find_other_rwenv(host, project, active, call);
  return other ? ask(*other, active, question, context) : engine::Result<void>();
}

std::string subject_of(const engine::ActiveRwenv& active) {
  const auto rwenv = engine::load_rwenv(active.config_directory, active.name);
  return json::dump(
      Json::array({active.project.string(), active.name,
                   rwenv && rwenv->flux_git_repo ? rwenv->flux_git_repo->with_userinfo() : "",
                   rwenv ? rwenv->flux_git_branch.value_or("") : ""}));
}

std::string subject_without_rwenv(const std::filesystem::path& project) {
  return json::dump(Json::array({project.string()}));
}

std::string subject_of(const engine::ActiveRwenv& active, const engine::ProjectRequest& project) {
  return project.rwenv_if_none ? subject_without_rwenv(active.project) : subject_of(active);
}

OrderedJson rwenv_question(const engine::OtherRwenv& other, std::string_view question) {
  const std::string rwenv = "'" + sanitize_line(other.rwenv) + "'";
  return confirmation("This session's project " + sanitize_line(other.session_project.string()) +
                          " is set to the environment '" + sanitize_line(other.session_rwenv) +
                          "', but the call is for " + sanitize_line(other.project.string()) +
                          ", which is set to " + rwenv + ". " + std::string(question) + " " +
                          rwenv + "?",
                      std::string(question) + " " + rwenv);
}

}  // namespace tools
