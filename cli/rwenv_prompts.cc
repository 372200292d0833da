#include "cli/rwenv_prompts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/config/rwenv.h"
#include "engine/config/rwenv_list.h"
#include "engine/text/ascii.h"
#include "engine/text/utf8.h"
#include "tools/render.h"
#include "tools/render_rwenvs.h"

namespace cli {
namespace {

using engine::RwenvField;

// Looks at an answer: what is wrong with it, in words that a person at the prompt reads.
using Check = std::function<std::optional<std::string>(const std::string& answer)>;

engine::Failure unanswered(const engine::CallContext& call) {
  return call.stop.stop_requested()
             ? engine::fail(engine::Code::cancelled, "Cancelled.", "Nothing was changed.")
             : engine::fail(engine::Code::bad_argument, "The input ended before the answer.",
                            "Nothing was changed.");
}

// Asks until `check` finds nothing wrong; the answer without the white space around it. `before` is
// written only before the first prompt.
engine::Result<std::string> ask(Terminal& terminal, const engine::CallContext& call,
                                std::string before, std::string_view prompt, const Check& check) {
  for (;;) {
    const auto line = terminal.ask(before + std::string(prompt), call.stop);
    if (!line) {
      return unanswered(call);
    }
    std::string answer(engine::trimmed(*line));
    const auto wrong = check(answer);
    if (!wrong) {
      return answer;
    }
    before = "  ✗ " + *wrong + "\n";
  }
}

engine::Result<engine::RwenvList> read_list(const engine::Host& host) {
  auto config_directory = engine::rwenv_config_directory(host);
  RETURN_IF_FAILED(config_directory);
  return engine::read_rwenvs(*config_directory);
}

bool has(const engine::RwenvList& list, std::string_view name) {
  return std::ranges::any_of(list.entries,
                             [&](const auto& entry) { return entry.rwenv.name == name; });
}

// The name that stands for an answer: a number of the list, or a name in it.
std::optional<std::string> name_of(const engine::RwenvList& list, const std::string& answer) {
  if (has(list, answer)) {
    return answer;
  }
  std::size_t number = 0;
  const char* const end = answer.data() + answer.size();
  const auto read = std::from_chars(answer.data(), end, number);
  const bool is_number = read.ec == std::errc() && read.ptr == end;
  return is_number && number > 0 && number <= list.entries.size()
             ? std::optional(list.entries[number - 1].rwenv.name)
             : std::nullopt;
}

std::string choices(const engine::RwenvList& list) {
  std::size_t width = 0;
  for (const engine::RwenvEntry& entry : list.entries) {
    width = std::max(width, engine::count_characters(tools::sanitize_line(entry.rwenv.name)));
  }
  const std::size_t digits = std::to_string(list.entries.size()).size();
  std::string out;
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    const std::string name = tools::sanitize_line(list.entries[i].rwenv.name);
    const std::string about = tools::choice_of(list.entries[i]);
    out += "  " + std::string(digits - number.size(), ' ') + number + "  " + name;
    out +=
        about.empty() ? "" : std::string(width + 2 - engine::count_characters(name), ' ') + about;
    out += "\n";
  }
  return out;
}

// A question about one field; an empty answer leaves it out, where that is possible.
struct Prompt {
  RwenvField field;
  std::string_view text;
  bool required;
};
constexpr std::array<Prompt, 4> kPrompts = {{
    {RwenvField::flux_git_repo, "Address of its Flux repository: ", true},
    {RwenvField::flux_git_repo_type,
     "Certificates: github verifies them, gitea does not [github]: ", false},
    {RwenvField::description, "Description, if any: ", false},
    {RwenvField::kubernetes_context, "Kubernetes context, if any: ", false},
}};

engine::Result<void> ask_for_name(engine::NewRwenv& rwenv, const engine::RwenvList& list,
                                  Terminal& terminal, const engine::CallContext& call) {
  auto name = ask(terminal, call, "", "Name of the environment: ",
                  [&](const std::string& answer) -> std::optional<std::string> {
                    if (const auto flaw = engine::flaw_of_rwenv_name(answer)) {
                      return "Expected " + *flaw + ".";
                    }
                    return has(list, answer) ? std::optional("'" + answer + "' is there already.")
                                             : std::nullopt;
                  });
  RETURN_IF_FAILED(name);
  rwenv.name = std::move(*name);
  return {};
}

engine::Result<void> ask_for_field(const Prompt& prompt, engine::NewRwenv& rwenv,
                                   Terminal& terminal, const engine::CallContext& call) {
  auto value = ask(terminal, call, "", prompt.text,
                   [&](const std::string& answer) -> std::optional<std::string> {
                     if (answer.empty() && !prompt.required) {
                       return std::nullopt;
                     }
                     const auto flaw = engine::flaw_of(prompt.field, answer);
                     return flaw ? std::optional("Expected " + *flaw + ".") : std::nullopt;
                   });
  RETURN_IF_FAILED(value);
  if (!value->empty()) {
    rwenv.fields.emplace(prompt.field, std::move(*value));
  }
  return {};
}

engine::Result<void> ask_whether_read_only(engine::NewRwenv& rwenv, Terminal& terminal,
                                           const engine::CallContext& call) {
  const auto is_yes = [](const std::string& word) { return word == "y" || word == "yes"; };
  const auto answer =
      ask(terminal, call, "", "Read-only, so that rollouts to it are refused? [y/N] ",
          [&](const std::string& given) -> std::optional<std::string> {
            const std::string word = engine::in_lower_case(given);
            const bool known = word.empty() || is_yes(word) || word == "n" || word == "no";
            return known ? std::nullopt : std::optional<std::string>("Expected y or n.");
          });
  if (!answer) {
    return engine::Failure(answer.error());
  }
  rwenv.read_only = is_yes(engine::in_lower_case(*answer));
  return {};
}

}  // namespace

engine::Result<std::string> ask_which_rwenv(const engine::Host& host,
                                            const engine::ProjectRequest& project,
                                            Terminal& terminal, const engine::CallContext& call) {
  auto place = engine::read_project(host, project, {}, call);
  RETURN_IF_FAILED(place);
  auto list = read_list(host);
  RETURN_IF_FAILED(list);
  if (list->entries.empty()) {
    return engine::Failure(engine::no_rwenvs(*list));
  }
  const std::string question = "Which environment should " +
                               tools::sanitize_line(place->directory.string()) + " be set to?\n" +
                               choices(*list);
  const std::string accepted = "Expected a number from 1 to " +
                               std::to_string(list->entries.size()) + ", or a name from the list.";
  const auto answer =
      ask(terminal, call, question, "Number or name: ", [&](const std::string& given) {
        return name_of(*list, given) ? std::nullopt : std::optional(accepted);
      });
  if (!answer) {
    return engine::Failure(answer.error());
  }
  return *name_of(*list, *answer);
}

engine::Result<void> ask_for_rwenv(const engine::Host& host, engine::NewRwenv& rwenv,
                                   Terminal& terminal, const engine::CallContext& call) {
  RETURN_IF_FAILED(engine::check_given(rwenv));
  auto list = read_list(host);
  RETURN_IF_FAILED(list);
  if (rwenv.name.empty()) {
    RETURN_IF_FAILED(ask_for_name(rwenv, *list, terminal, call));
  }
  for (const Prompt& prompt : kPrompts) {
    if (!rwenv.fields.contains(prompt.field)) {
      RETURN_IF_FAILED(ask_for_field(prompt, rwenv, terminal, call));
    }
  }
  return rwenv.read_only ? engine::Result<void>() : ask_whether_read_only(rwenv, terminal, call);
}

}  // namespace cli
