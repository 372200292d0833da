#include "mcp/answer_check.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "json/reader.h"
#include "mcp/protocol.h"

namespace mcp {
namespace {

bool is_of_type(const Json& value, std::string_view type) {
  return (type == "string" && value.is_string()) || (type == "boolean" && value.is_boolean()) ||
         (type == "integer" && json::integer_of(value)) ||
         (type == "number" && value.is_number()) || (type == "array" && value.is_array()) ||
         type.empty();
}

AnswerCheck check_form(const OrderedJson& params, const Json& content) {
  const OrderedJson schema = params.value("requestedSchema", OrderedJson::object());
  const OrderedJson properties = schema.value("properties", OrderedJson::object());
  for (const auto& [name, property] : properties.items()) {
    const Json* field = member(content, name);
    if (field != nullptr && !is_of_type(*field, property.value("type", ""))) {
      return AnswerCheck::wrong;
    }
  }
  for (const OrderedJson& name : schema.value("required", OrderedJson::array())) {
    if (!content.contains(name.get<std::string>())) {
      return AnswerCheck::incomplete;
    }
  }
  return AnswerCheck::good;
}

AnswerCheck check_elicitation(const OrderedJson& params, const Json& answer) {
  const std::string* action = string_member(answer, "action");
  const Json* content = object_member(answer, "content");
  if (action != nullptr && (*action == "decline" || *action == "cancel")) {
    return AnswerCheck::good;
  }
  return action != nullptr && *action == "accept" && content != nullptr
             ? check_form(params, *content)
             : AnswerCheck::wrong;
}

bool is_message(const Json& answer) {
  const Json* content = member(answer, "content");
  return string_member(answer, "role") != nullptr && string_member(answer, "model") != nullptr &&
         content != nullptr && (content->is_object() || content->is_array());
}

// What an entry is worth is for who uses the roots: a wrong one does not spoil the others.
bool is_roots(const Json& answer) {
  const Json* roots = member(answer, "roots");
  return roots != nullptr && roots->is_array();
}

// Some clients leave out the object around the URI.
Root root_in(const Json& entry) {
  const Json* uri = entry.is_string() ? &entry : member(entry, "uri");
  if (uri == nullptr) {
    return tl::unexpected(entry.is_object() ? "an object without `uri`" : json::in_words(entry));
  }
  if (!uri->is_string()) {
    return tl::unexpected("an object whose `uri` is " + json::in_words(*uri));
  }
  return uri->get<std::string>();
}

}  // namespace

AnswerCheck check_answer(const InputRequest& request, const Json& answer) {
  if (request.method == "elicitation/create") {
    return check_elicitation(request.params, answer);
  }
  const bool good = request.method == "roots/list" ? is_roots(answer) : is_message(answer);
  return good ? AnswerCheck::good : AnswerCheck::wrong;
}

std::vector<Root> roots_in(const Json& answer) {
  std::vector<Root> roots;
  for (const Json& entry : answer.at("roots")) {
    roots.push_back(root_in(entry));
  }
  return roots;
}

}  // namespace mcp
