// The protocol's constants: revisions, error codes, methods' metadata keys. Each is named in the
// specification's schema of its revision; no other file spells them out. Knows nothing of messages.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "json/json.h"
#include "mcp/features.h"

namespace mcp {

// The revision without sessions: each request says for itself who asks and in which version.
inline constexpr std::string_view kModernVersion = "2026-07-28";
// The revisions that begin with `initialize`, newest first.
inline constexpr std::string_view kVersion2025November = "2025-11-25";
inline constexpr std::string_view kVersion2025June = "2025-06-18";
inline constexpr std::string_view kVersion2025March = "2025-03-26";
inline constexpr std::string_view kVersion2024 = "2024-11-05";
inline constexpr std::array kLegacyVersions = {kVersion2025November, kVersion2025June,
                                               kVersion2025March, kVersion2024};

// Members of `params._meta` and of a result's `_meta`.
inline constexpr std::string_view kMetaVersion = "io.modelcontextprotocol/protocolVersion";
inline constexpr std::string_view kMetaCapabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr std::string_view kMetaLogLevel = "io.modelcontextprotocol/logLevel";
inline constexpr std::string_view kMetaServerInfo = "io.modelcontextprotocol/serverInfo";
inline constexpr std::string_view kMetaSubscription = "io.modelcontextprotocol/subscriptionId";

enum class ErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  resource_not_found = -32002,           // up to 2025-11-25; then invalid_params
  missing_client_capability = -32021,    // from 2026-07-28
  unsupported_protocol_version = -32022  // from 2026-07-28
};

// What the `error` member of a response says. `data` is null where there is none.
struct RpcError {
  ErrorCode code = ErrorCode::internal_error;
  std::string message;
  OrderedJson data = nullptr;
};

template <class T>
using Result = tl::expected<T, RpcError>;

// Errors as functions return them.
tl::unexpected<RpcError> failure(ErrorCode code, std::string message, OrderedJson data = nullptr);
tl::unexpected<RpcError> invalid_request(std::string_view problem);
tl::unexpected<RpcError> invalid_params(std::string_view problem);

// A JSON-RPC id, or a progress token, which is written alike. Keeps the JSON type: 1 is not "1".
using RequestId = std::variant<std::int64_t, std::string>;

// The id that `value` is, or nothing if it is neither a string nor an integer (1.0 is one).
std::optional<RequestId> read_id(const Json& value);
OrderedJson to_json(const RequestId& id);

std::optional<LogLevel> read_log_level(const Json& value);
std::string_view to_string(LogLevel level);

// The member of an object; null if `object` is none or has no such member.
const Json* member(const Json& object, std::string_view key);
// The same for a member that is a string, or an object.
const std::string* string_member(const Json& object, std::string_view key);
const Json* object_member(const Json& object, std::string_view key);

}  // namespace mcp
