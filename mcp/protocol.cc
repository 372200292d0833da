#include "mcp/protocol.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace mcp {
namespace {

constexpr std::array<std::string_view, 8> kLogLevels = {"debug", "info",     "notice", "warning",
                                                        "error", "critical", "alert",  "emergency"};
// Integers beyond this are not exact as a JSON number with a fraction or an exponent.
constexpr double kMaxExactInteger = 9007199254740992.0;

}  // namespace

tl::unexpected<RpcError> failure(ErrorCode code, std::string message, OrderedJson data) {
  return tl::unexpected(RpcError{code, std::move(message), std::move(data)});
}

tl::unexpected<RpcError> invalid_request(std::string_view problem) {
  return failure(ErrorCode::invalid_request, "Invalid request: " + std::string(problem));
}

tl::unexpected<RpcError> invalid_params(std::string_view problem) {
  return failure(ErrorCode::invalid_params, "Invalid params: " + std::string(problem));
}

std::optional<RequestId> read_id(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) {
    return *text;
  }
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    if (std::abs(number) <= kMaxExactInteger && std::trunc(number) == number) {
      return static_cast<std::int64_t>(number);
    }
  }
  return std::nullopt;
}

OrderedJson to_json(const RequestId& id) {
  return std::visit([](const auto& value) { return OrderedJson(value); }, id);
}

std::optional<LogLevel> read_log_level(const Json& value) {
  const auto* name = value.get_ptr<const std::string*>();
  if (name == nullptr) {
    return std::nullopt;
  }
  const auto* const found = std::find(kLogLevels.begin(), kLogLevels.end(), *name);
  if (found == kLogLevels.end()) {
    return std::nullopt;
  }
  return static_cast<LogLevel>(found - kLogLevels.begin());
}

std::string_view to_string(LogLevel level) {
  return kLogLevels[static_cast<std::size_t>(level)];
}

const Json* member(const Json& object, std::string_view key) {
  if (!object.is_object()) {
    return nullptr;
  }
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

const std::string* string_member(const Json& object, std::string_view key) {
  const Json* value = member(object, key);
  return value == nullptr ? nullptr : value->get_ptr<const std::string*>();
}

const Json* object_member(const Json& object, std::string_view key) {
  const Json* value = member(object, key);
  return value == nullptr || !value->is_object() ? nullptr : value;
}

}  // namespace mcp
