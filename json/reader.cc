#include "json/reader.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "json/parse.h"

namespace json {
namespace {

constexpr std::size_t kMaxQuoted = 80;

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : ", ") + word;
  }
  return out;
}

}  // namespace

std::optional<std::int64_t> integer_of(const Json& value) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr double kMaxExact = 9007199254740992.0;  // of a number with a fraction or an exponent
  const auto* positive = value.get_ptr<const std::uint64_t*>();
  if (value.is_number_integer() && (positive == nullptr || *positive <= kMax)) {
    return value.get<std::int64_t>();
  }
  const auto* number = value.get_ptr<const double*>();
  if (number != nullptr && std::abs(*number) <= kMaxExact && std::trunc(*number) == *number) {
    return static_cast<std::int64_t>(*number);
  }
  return std::nullopt;
}

OrderedJson number(double value) {
  const auto integer = integer_of(value);
  return integer ? OrderedJson(*integer) : OrderedJson(value);
}

std::string in_words(const Json& value) {
  if (value.is_object()) {
    return "an object";
  }
  if (value.is_array()) {
    return "an array";
  }
  return shortened(dump(value), kMaxQuoted);
}

std::string Problem::describe(std::string_view whole) const {
  std::string place = pointer.empty() ? std::string(whole) : pointer.substr(1);
  if (given.empty()) {
    return place + " is missing; expected " + accepted;
  }
  return place + ": given " + given + ", expected " + accepted;
}

ObjectReader::ObjectReader(const Json& value, std::string pointer, Null null)
    : pointer_(std::move(pointer)), null_(null) {
  if (value.is_object()) {
    object_ = &value;
  } else {
    problem_ = Problem{pointer_, in_words(value), "an object"};
  }
}

std::string ObjectReader::pointer(std::string_view key) const {
  return pointer_ + "/" + escaped(key);
}

const Json* ObjectReader::find(std::string_view key) {
  if (problem_ || object_ == nullptr) {
    return nullptr;
  }
  known_.emplace_back(key);
  const auto member = object_->find(key);
  if (member == object_->end() || (member->is_null() && null_ == Null::same_as_missing)) {
    return nullptr;
  }
  return &*member;
}

void ObjectReader::wrong(std::string_view key, const Json& value, std::string accepted) {
  problem_ = Problem{pointer(key), in_words(value), std::move(accepted)};
}

std::optional<std::string> ObjectReader::string(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_string()) {
    wrong(key, *value, "a string");
    return std::nullopt;
  }
  return value->get_ref<const std::string&>();
}

std::optional<bool> ObjectReader::boolean(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  if (!value->is_boolean()) {
    wrong(key, *value, "true or false");
    return std::nullopt;
  }
  return value->get<bool>();
}

std::optional<std::int64_t> ObjectReader::integer(std::string_view key, std::int64_t min,
                                                  std::int64_t max) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const std::string accepted =
      "an integer from " + std::to_string(min) + " to " + std::to_string(max);
  const std::optional<std::int64_t> number = integer_of(*value);
  if (!number || *number < min || *number > max) {
    wrong(key, *value, accepted);
    return std::nullopt;
  }
  return number;
}

std::optional<std::vector<std::string>> ObjectReader::strings(std::string_view key) {
  const Json* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> out;
  if (value->is_array()) {
    for (const Json& item : *value) {
      if (item.is_string()) {
        out.push_back(item.get_ref<const std::string&>());
      }
    }
  }
  if (!value->is_array() || out.size() != value->size()) {
    wrong(key, *value, "an array of strings");
    return std::nullopt;
  }
  return out;
}

const Json* ObjectReader::object(std::string_view key) {
  const Json* value = find(key);
  if (value != nullptr && !value->is_object()) {
    wrong(key, *value, "an object");
    return nullptr;
  }
  return value;
}

void ObjectReader::require(std::string_view key) {
  if (!problem_ && find(key) == nullptr) {
    problem_ = Problem{pointer(key), "", "a value"};
  }
}

void ObjectReader::reject_unknown() {
  if (problem_ || object_ == nullptr) {
    return;
  }
  for (const auto& member : object_->items()) {
    if (std::ranges::find(known_, member.key()) == known_.end()) {
      problem_ = Problem{pointer(member.key()), in_words(member.value()),
                         "only these members: " + joined(known_)};
      return;
    }
  }
}

void ObjectReader::report(std::string_view key, std::string accepted) {
  if (const Json* value = find(key); value != nullptr) {
    wrong(key, *value, std::move(accepted));
  }
}

}  // namespace json
