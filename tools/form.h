// Questions to the user as a form (`elicitation/create`).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/result.h"
#include "json/json.h"
#include "mcp/features.h"

namespace tools {

// Whether the client can show the user a form.
bool can_ask_user(const mcp::Context& context);

// What the client answered, in the shape that the method prescribes; nothing if it cannot ask or
// did not answer. Asks as the client's era does, so it must come before anything is changed: see
// mcp::Context::ask. `key` names the answer, and `subject` is what it is bound to.
std::optional<Json> ask_user(mcp::Context& context, std::string key, OrderedJson form,
                             std::string_view subject);

// A form with the fields `properties`, of which the user must fill in `required`.
OrderedJson form(std::string message, OrderedJson properties, OrderedJson required);

// What the user did with a form.
struct FormAnswer {
  enum class Action { accepted, declined, dismissed, unknown };
  Action action = Action::unknown;
  const Json* content = nullptr;  // a part of the answer; null unless the form was accepted
};
FormAnswer read_form_answer(const Json& answer);

// What is said if the user chose nothing: the question "was declined" or "was dismissed".
using NotChosen = std::function<engine::Error(engine::Code, std::string_view how)>;

// The text in `field` of a form that asks for one choice. Refuses by `not_chosen` if the user
// declined or dismissed it; empty if there is no such text.
engine::Result<std::string> read_choice(const Json& answer, const char* field,
                                        const NotChosen& not_chosen);

}  // namespace tools
