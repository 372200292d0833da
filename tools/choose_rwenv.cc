#include "tools/choose_rwenv.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/config/active_rwenv.h"
#include "engine/config/rwenv.h"
#include "engine/set_rwenv.h"
#include "engine/text/join.h"
#include "tools/arguments.h"
#include "tools/confirm_rwenv.h"
#include "tools/form.h"
#include "tools/render.h"
#include "tools/render_rwenvs.h"

namespace tools {
namespace {

// Whether there is one that can be set.
bool has_choice(const engine::RwenvList& list) {
  return std::ranges::any_of(list.entries, [](const auto& entry) { return !entry.problem; });
}

engine::Error not_chosen(engine::Code code, std::string_view how, const engine::RwenvList& list) {
  const std::vector<std::string> names = names_of(list);
  return {code,
          "No rwenv was chosen: the question " + std::string(how) + ".",
          "Nothing was changed. There are: " + engine::joined(names) + ".",
          {{"rwenvs", names}}};
}

engine::Result<std::string> ask(const engine::RwenvList& list, const std::string& message,
                                std::string_view subject, mcp::Context& context) {
  if (list.entries.empty()) {
    return engine::Failure(engine::no_rwenvs(list));
  }
  if (!has_choice(list)) {
    return engine::Failure(rwenv_missing(list));
  }
  const auto answer = ask_user(context, "set_rwenv", rwenv_choice(list, message), subject);
  if (!answer) {
    return engine::Failure(rwenv_missing(list));
  }
  return read_rwenv_choice(list, *answer);
}

engine::Result<engine::RwenvList> list_of(const engine::Host& host) {
  auto config_directory = engine::rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  return engine::read_rwenvs(*config_directory);
}

}  // namespace

engine::Error rwenv_missing(const engine::RwenvList& list) {
  if (list.entries.empty()) {
    return engine::no_rwenvs(list);
  }
  const std::vector<std::string> names = names_of(list);
  engine::Error error = bad_argument({"/name", "", "one of the rwenvs: " + engine::joined(names)});
  error.hint = "Ask the user which of them is meant, then call the tool again with name.";
  error.details = {{"argument", "name"}, {"rwenvs", names}};
  return error;
}

OrderedJson rwenv_choice(const engine::RwenvList& list, const std::string& message) {
  OrderedJson properties = OrderedJson::object();
  OrderedJson& property = properties["name"];
  property["type"] = "string";
  property["title"] = "Environment";
  // `enum` with `enumNames` is the one form of a choice with titles that every revision with
  // elicitation knows.
  OrderedJson& names = property["enum"] = OrderedJson::array();
  OrderedJson& titles = property["enumNames"] = OrderedJson::array();
  for (const engine::RwenvEntry& entry : list.entries) {
    if (!entry.problem) {
      const std::string about = choice_of(entry);
      names.push_back(entry.rwenv.name);
      titles.push_back(entry.rwenv.name + (about.empty() ? "" : " (" + about + ")"));
    }
  }
  return form(message, std::move(properties), OrderedJson::array({"name"}));
}

engine::Result<std::string> read_rwenv_choice(const engine::RwenvList& list, const Json& answer) {
  auto chosen = read_choice(answer, "name", [&](engine::Code code, std::string_view how) {
    return not_chosen(code, how, list);
  });
  RETURN_IF_FAILED(chosen);
  const auto is_chosen = [&](const engine::RwenvEntry& entry) {
    return entry.rwenv.name == *chosen && !entry.problem;
  };
  if (std::ranges::none_of(list.entries, is_chosen)) {
    return engine::Failure(rwenv_missing(list));
  }
  return chosen;
}

engine::Result<std::string> choose_rwenv(const engine::Host& host,
                                         const engine::ProjectRequest& project,
                                         mcp::Context& context) {
  const engine::CallContext call{context.stop_token(), {}};
  auto place = engine::read_project(host, project, {}, call);
  RETURN_IF_FAILED(place);
  auto list = list_of(host);
  RETURN_IF_FAILED(list);
  const auto active = engine::find_active_rwenv(host, project, call);
  const std::string now = active ? " It is set to '" + active->name + "' now." : "";
  return ask(
      *list,
      "Which environment should " + sanitize_line(place->directory.string()) + " be set to?" + now,
      active ? subject_of(*active) : subject_without_rwenv(place->directory), context);
}

engine::Result<void> choose_rwenv_if_none(const engine::Host& host, engine::ProjectRequest& project,
                                          mcp::Context& context) {
  const engine::CallContext call{context.stop_token(), {}};
  auto read = engine::read_project(host, project, {.rwenv_name = true}, call);
  if (read || read.error().code != engine::Code::no_rwenv || !can_ask_user(context)) {
    return {};
  }
  auto place = engine::read_project(host, project, {}, call);
  const auto list = list_of(host);
  if (!place || !list || !has_choice(*list)) {
    return {};
  }
  auto chosen = ask(*list,
                    sanitize_line(place->directory.string()) +
                        " is set to no environment. Which one should it be set to? The call then "
                        "goes on with it.",
                    subject_without_rwenv(place->directory), context);
  if (!chosen) {
    engine::Error error = std::move(read.error());
    error.hint = chosen.error().message + " " + error.hint;
    return engine::Failure(std::move(error));
  }
  project.rwenv_if_none = *chosen;
  project.rwenv = std::move(*chosen);
  return {};
}

std::optional<std::string> keep_chosen_rwenv(const engine::Host& host,
                                             const engine::ProjectRequest& project) {
  if (!project.rwenv_if_none) {
    return std::nullopt;
  }
  const auto set = engine::set_rwenv(host, {project, *project.rwenv_if_none}, {});
  if (!set) {
    return "The project could not be set to rwenv '" + *project.rwenv_if_none +
           "': " + set.error().message;
  }
  return "The project is set to rwenv '" + set->rwenv.name + "' now, in " +
         sanitize_line(set->written.file.string()) + ".";
}

}  // namespace tools
