#include "tools/confirmation.h"

#include <utility>

#include "json/reader.h"
#include "tools/form.h"

namespace tools {

engine::Consent ask_consent(mcp::Context& context, std::string key, OrderedJson question,
                            std::string_view subject) {
  const auto answer = ask_user(context, std::move(key), std::move(question), subject);
  if (!answer) {
    return engine::Consent::nobody_to_ask;
  }
  return is_consent(*answer) ? engine::Consent::given : engine::Consent::declined;
}

OrderedJson confirmation(std::string message, std::string title) {
  OrderedJson properties = OrderedJson::object();
  properties["confirm"]["type"] = "boolean";
  properties["confirm"]["title"] = std::move(title);
  return form(std::move(message), std::move(properties), OrderedJson::array({"confirm"}));
}

bool is_consent(const Json& answer) {
  const FormAnswer form = read_form_answer(answer);
  return form.content != nullptr &&
         json::ObjectReader(*form.content, "/content").boolean("confirm").value_or(false);
}

}  // namespace tools
