#include "tools/form.h"

#include <utility>
#include <vector>

#include "json/reader.h"

namespace tools {
namespace {

constexpr const char* kMethod = "elicitation/create";

}  // namespace

bool can_ask_user(const mcp::Context& context) {
  return context.can_ask(kMethod);
}

std::optional<Json> ask_user(mcp::Context& context, std::string key, OrderedJson form,
                             std::string_view subject) {
  if (!can_ask_user(context)) {
    return std::nullopt;
  }
  try {
    std::vector<Json> answers =
        context.ask({{std::move(key), kMethod, std::move(form)}}, mcp::AnswerTrust::asked, subject);
    return answers.empty() ? Json() : std::move(answers.front());
  } catch (const mcp::NotAnswered&) {
    return std::nullopt;
  }
}

OrderedJson form(std::string message, OrderedJson properties, OrderedJson required) {
  OrderedJson schema = OrderedJson::object();
  schema["type"] = "object";
  schema["properties"] = std::move(properties);
  schema["required"] = std::move(required);
  OrderedJson question = OrderedJson::object();
  question["message"] = std::move(message);
  question["requestedSchema"] = std::move(schema);
  return question;
}

FormAnswer read_form_answer(const Json& answer) {
  json::ObjectReader in(answer, "");
  const std::string action = in.string("action").value_or("");
  if (action == "decline") {
    return {FormAnswer::Action::declined, nullptr};
  }
  if (action == "cancel") {
    return {FormAnswer::Action::dismissed, nullptr};
  }
  const Json* const content = in.object("content");
  if (action != "accept" || content == nullptr) {
    return {};
  }
  return {FormAnswer::Action::accepted, content};
}

engine::Result<std::string> read_choice(const Json& answer, const char* field,
                                        const NotChosen& not_chosen) {
  const FormAnswer form = read_form_answer(answer);
  switch (form.action) {
    case FormAnswer::Action::declined:
      return engine::Failure(not_chosen(engine::Code::bad_argument, "was declined"));
    case FormAnswer::Action::dismissed:
      return engine::Failure(not_chosen(engine::Code::cancelled, "was dismissed"));
    case FormAnswer::Action::accepted:
      return json::ObjectReader(*form.content, "/content").string(field).value_or("");
    case FormAnswer::Action::unknown:
      break;
  }
  return std::string();
}

}  // namespace tools
