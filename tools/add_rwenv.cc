#include "tools/add_rwenv.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/text/ascii.h"
#include "json/reader.h"
#include "tools/arguments.h"
#include "tools/form.h"
#include "tools/make_tool.h"

namespace tools {
namespace {

using engine::RwenvField;

constexpr const char* kDescription =
    "Adds an environment (rwenv) to envs.json. Use it when the user asks to add or create one, or "
    "when a refusal says that there are none yet. Pass what the user has said and invent nothing: "
    "without name or fluxGitRepo the user is asked. Never pass a password or a token. A name that "
    "is there already is refused. Do not edit envs.json yourself. Show the user the report as it "
    "is, with its warnings; set_rwenv makes a project use the environment.";

// A field of the form, in words of its own, because people read them.
struct FormField {
  RwenvField field;
  std::string_view title;
  std::string_view description;
};
constexpr std::array<FormField, 4> kFormFields = {{
    {RwenvField::flux_git_repo, "Flux repository",
     "Address of the git repository that Flux applies to the environment, such as "
     "https://git.example.com/infra/flux.git; without a password"},
    {RwenvField::flux_git_repo_type, "Certificates",
     "github: certificates are verified, as they should be. gitea: they are not, for a local "
     "server that signs its own"},
    {RwenvField::description, "Description", "What the environment is for"},
    {RwenvField::kubernetes_context, "Kubernetes context", "The cluster's context, if any"},
}};

OrderedJson text_field(std::string_view title, std::string_view description) {
  OrderedJson property = OrderedJson::object();
  property["type"] = "string";
  property["title"] = title;
  property["description"] = description;
  return property;
}

engine::Error missing(std::string_view key, std::string_view accepted) {
  engine::Error error = bad_argument({"/" + std::string(key), "", std::string(accepted)});
  error.hint = "Ask the user, then call the tool again with it.";
  return error;
}

// What has to be said, and has not been.
std::optional<engine::Error> first_missing(const engine::NewRwenv& rwenv) {
  if (rwenv.name.empty()) {
    return missing("name", "the name of the new rwenv");
  }
  if (!rwenv.fields.contains(RwenvField::flux_git_repo)) {
    return missing("fluxGitRepo", "the address of its Flux repository");
  }
  return std::nullopt;
}

engine::Result<void> ask(engine::NewRwenv& rwenv, mcp::Context& context) {
  auto lacking = first_missing(rwenv);
  if (!lacking) {
    return {};
  }
  const auto answer = ask_user(context, "add_rwenv", rwenv_form(rwenv), "add_rwenv");
  if (!answer) {
    return engine::Failure(std::move(*lacking));
  }
  return read_rwenv_form(*answer, rwenv);
}

}  // namespace

OrderedJson rwenv_form(const engine::NewRwenv& rwenv) {
  OrderedJson properties = OrderedJson::object();
  OrderedJson required = OrderedJson::array();
  if (rwenv.name.empty()) {
    properties["name"] = text_field("Name", "Name of the environment, such as staging");
    required.push_back("name");
  }
  for (const FormField& field : kFormFields) {
    if (!rwenv.fields.contains(field.field)) {
      properties[std::string(key_of(field.field))] = text_field(field.title, field.description);
    }
  }
  if (!rwenv.fields.contains(RwenvField::flux_git_repo)) {
    required.push_back("fluxGitRepo");
  }
  if (properties.contains("fluxGitRepoType")) {
    properties["fluxGitRepoType"]["enum"] = OrderedJson::array({"github", "gitea"});
  }
  if (!rwenv.read_only) {
    properties["readOnly"] = {{"type", "boolean"},
                              {"title", "Read-only"},
                              {"description", "Refuse rollouts to it; dry runs are allowed"}};
  }
  return form("Which environment do you want to add?", std::move(properties), std::move(required));
}

engine::Result<void> read_rwenv_form(const Json& answer, engine::NewRwenv& rwenv) {
  const FormAnswer form = read_form_answer(answer);
  if (form.content == nullptr) {
    const bool dismissed = form.action == FormAnswer::Action::dismissed;
    return engine::fail(dismissed ? engine::Code::cancelled : engine::Code::bad_argument,
                        "No rwenv was added: the question was " +
                            std::string(dismissed ? "dismissed." : "declined."),
                        "Nothing was changed.");
  }
  json::ObjectReader fields(*form.content, "/content");
  if (rwenv.name.empty()) {
    rwenv.name = engine::trimmed(fields.string("name").value_or(""));
  }
  for (const FormField& field : kFormFields) {
    // A field that a person leaves empty is none.
    const auto value = fields.string(key_of(field.field));
    if (value && !engine::trimmed(*value).empty()) {
      rwenv.fields.emplace(field.field, *value);
    }
  }
  rwenv.read_only = rwenv.read_only || fields.boolean("readOnly").value_or(false);
  return {};
}

engine::Result<engine::NewRwenv> read_add_rwenv(const Json& arguments) {
  Arguments in(arguments);
  engine::NewRwenv rwenv;
  rwenv.name = in.rwenv_name("name").value_or("");
  for (const RwenvField field : engine::kRwenvTextFields) {
    const auto accepts = [field](const std::string& value) { return flaw_of(field, value); };
    if (auto value = in.accepted(key_of(field), accepts)) {
      rwenv.fields.emplace(field, std::move(*value));
    }
  }
  rwenv.read_only = in.boolean("readOnly").value_or(false);
  return in.finish(std::move(rwenv));
}

mcp::Tool add_rwenv_tool(const HostOrError& host_or_error) {
  const ToolTraits traits = {.name = "add_rwenv",
                             .title = "Add an environment",
                             .description = kDescription,
                             .idempotent = false,
                             .slow = true,
                             .deferred = true};
  // It is about no project, so the client is not asked where it is.
  const auto serve = [&host_or_error](const Json& arguments, mcp::Context& context) {
    auto rwenv = read_add_rwenv(arguments);
    if (!rwenv) {
      return to_tool_result(rwenv.error());
    }
    if (host_or_error.problem) {
      return to_tool_result(*host_or_error.problem);
    }
    if (auto asked = ask(*rwenv, context); !asked) {
      return to_tool_result(asked.error());
    }
    return to_tool_result(engine::add_rwenv(host_or_error.host, *rwenv, call_context(context)));
  };
  return {std::string(traits.name), [traits] { return tool_definition(traits); }, serve,
          traits.slow};
}

}  // namespace tools
