#include "engine/cluster/label_selector.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cluster/object_fields.h"
#include "engine/text/ascii.h"
#include "engine/text/join.h"

namespace engine {
namespace {

constexpr std::size_t kMaxRequirements = 50;
constexpr std::size_t kMaxKey = 317;  // a prefix of 253, '/', a name of 63
constexpr std::size_t kMaxValue = 63;

bool is_of(std::string_view text, std::string_view others) {
  return std::ranges::all_of(
      text, [&](char c) { return is_alphanumeric(c) || others.find(c) != std::string_view::npos; });
}

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKey && is_alphanumeric(text.front()) &&
         is_of(text, "-_./");
}

bool is_value(const Json& value) {
  return value.is_string() && value.get_ref<const std::string&>().size() <= kMaxValue &&
         is_of(value.get_ref<const std::string&>(), "-_.");
}

// "key in (a,b)"; nothing for what is no such requirement.
std::optional<std::string> requirement(const Json& expression) {
  const std::string key = text_field(expression, {"key"}).value_or("");
  const std::string verb = text_field(expression, {"operator"}).value_or("");
  if (!is_key(key)) {
    return std::nullopt;
  }
  if (verb == "Exists") {
    return key;
  }
  if (verb == "DoesNotExist") {
    return "!" + key;
  }
  std::vector<std::string> values;
  for (const Json& value : list_field(expression, {"values"})) {
    if (!is_value(value)) {
      return std::nullopt;
    }
    values.push_back(value.get<std::string>());
  }
  if (values.empty() || (verb != "In" && verb != "NotIn")) {
    return std::nullopt;
  }
  return key + (verb == "In" ? " in (" : " notin (") + joined(values, ",") + ")";
}

}  // namespace

std::string label_selector(const Json& selector) {
  std::vector<std::string> requirements;
  if (const Json& labels = field(selector, {"matchLabels"}); labels.is_object()) {
    for (const auto& [key, value] : labels.items()) {
      if (!is_key(key) || !is_value(value)) {
        return {};
      }
      requirements.push_back(key + "=" + value.get<std::string>());
    }
  }
  for (const Json& expression : list_field(selector, {"matchExpressions"})) {
    auto text = requirement(expression);
    if (!text) {
      return {};
    }
    requirements.push_back(std::move(*text));
  }
  return requirements.size() > kMaxRequirements ? std::string() : joined(requirements, ",");
}

}  // namespace engine
