#include "tools/confirmation.h"

#include <utility>
#include <vector>

#include "json/reader.h"

namespace tools {
namespace {

constexpr const char* kMethod = "elicitation/create";

}  // namespace

engine::Consent ask_consent(mcp::Context& context, std::string key, OrderedJson question,
                            std::string_view subject) {
  if (!context.can_ask(kMethod)) {
    return engine::Consent::nobody_to_ask;
  }
  try {
    const std::vector<Json> answers = context.ask({{std::move(key), kMethod, std::move(question)}},
                                                  mcp::AnswerTrust::asked, subject);
    return !answers.empty() && is_consent(answers.front()) ? engine::Consent::given
                                                           : engine::Consent::declined;
  } catch (const mcp::NotAnswered&) {
    return engine::Consent::nobody_to_ask;
  }
}

OrderedJson confirmation(std::string message, std::string title) {
  OrderedJson property = OrderedJson::object();
  property["type"] = "boolean";
  property["title"] = std::move(title);

  OrderedJson schema = OrderedJson::object();
  schema["type"] = "object";
  schema["properties"]["confirm"] = std::move(property);
  schema["required"] = OrderedJson::array({"confirm"});

  OrderedJson question = OrderedJson::object();
  question["message"] = std::move(message);
  question["requestedSchema"] = std::move(schema);
  return question;
}

bool is_consent(const Json& answer) {
  json::ObjectReader in(answer, "");
  const Json* content = in.string("action") == "accept" ? in.object("content") : nullptr;
  if (content == nullptr) {
    return false;
  }
  json::ObjectReader fields(*content, "/content");
  return fields.boolean("confirm").value_or(false);
}

}  // namespace tools
