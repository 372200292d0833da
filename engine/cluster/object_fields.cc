#include "engine/cluster/object_fields.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "json/reader.h"

namespace engine {
namespace {

const Json& nothing() {
  static const Json null;
  return null;
}

}  // namespace

const Json& field(const Json& object, FieldPath path) {
  const Json* value = &object;
  for (const std::string_view key : path) {
    if (!value->is_object()) {
      return nothing();
    }
    const auto found = value->find(key);
    if (found == value->end()) {
      return nothing();
    }
    value = &*found;
  }
  return *value;
}

std::optional<std::string> text_field(const Json& object, FieldPath path) {
  const Json& value = field(object, path);
  if (!value.is_string()) {
    return std::nullopt;
  }
  const auto& text = value.get_ref<const std::string&>();
  return text.empty() ? std::nullopt : std::optional(text);
}

std::int64_t count_field(const Json& object, FieldPath path) {
  const Json& value = field(object, path);
  return value.is_number() ? std::max<std::int64_t>(json::integer_of(value).value_or(0), 0) : 0;
}

bool is_true(const Json& object, FieldPath path) {
  const Json& value = field(object, path);
  return value.is_boolean() && value.get<bool>();
}

const Json& list_field(const Json& object, FieldPath path) {
  static const Json none = Json::array();
  const Json& value = field(object, path);
  return value.is_array() ? value : none;
}

const Json& condition(const Json& object, std::string_view type) {
  for (const Json& candidate : list_field(object, {"status", "conditions"})) {
    if (text_field(candidate, {"type"}) == type) {
      return candidate;
    }
  }
  return nothing();
}

bool is_observed(const Json& object) {
  const std::int64_t generation = count_field(object, {"metadata", "generation"});
  return count_field(object, {"status", "observedGeneration"}) >= generation;
}

std::optional<std::string> moment_field(const Json& object, FieldPath path) {
  constexpr std::size_t kMax = 40;
  const auto text = text_field(object, path);
  const bool is_moment =
      text && text->size() <= kMax && is_digit(text->front()) &&
      std::ranges::all_of(*text, [](char c) {
        return is_digit(c) || std::string_view("TZ:.+-").find(c) != std::string_view::npos;
      });
  return is_moment ? text : std::nullopt;
}

}  // namespace engine
