// JSON-RPC messages and the protocol's constants: what a line says, in which era a request is to be
// served, and the lines that are sent. Knows nothing of the methods.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
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
inline constexpr std::string_view kVersion2025March = "2025-03-26";
inline constexpr std::string_view kVersion2024 = "2024-11-05";
inline constexpr std::array<std::string_view, 4> kLegacyVersions = {
    "2025-11-25", "2025-06-18", kVersion2025March, kVersion2024};

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

// What the `error` member of a response says; `data` is null where there is none. Thrown by
// whatever serves a request. Deliberately no std::exception: it also unwinds handlers, which may
// catch those.
struct RpcError {
  ErrorCode code = ErrorCode::internal_error;
  std::string message;
  OrderedJson data = nullptr;
};

RpcError invalid_request(std::string_view problem);
RpcError invalid_params(std::string_view problem);
// What answers a request for which there is no memory.
inline constexpr std::string_view kNoMemory = "Not enough memory for this request";
RpcError no_memory();
// Here for the analyzer to see that what comes after may rely on `good`.
inline void require(bool good, std::string_view problem) {
  if (!good) {
    throw invalid_params(problem);
  }
}

// A JSON-RPC id, or a progress token, which is written alike. Keeps the JSON type: 1 is not "1".
using RequestId = std::variant<std::int64_t, std::string>;

// The id that `value` is, or nothing if it is neither a string nor an integer (1.0 is one).
std::optional<RequestId> read_id(const Json& value);
OrderedJson to_json(const RequestId& id);

std::optional<LogLevel> read_log_level(const Json& value);
std::string_view to_string(LogLevel level);

// The member of an object, perhaps of a type; null if `object` is none or has no such member.
const Json* member(const Json& object, std::string_view key);
const std::string* string_member(const Json& object, std::string_view key);
const Json* object_member(const Json& object, std::string_view key);
// The member of an object; `fallback` where there is none or it is null, which says the same.
Json value_or(const Json& object, std::string_view key, Json fallback);
// The string that the params of a request must have; throws RpcError.
const std::string& required_string(const Json& params, std::string_view key);

// `params` is an object, empty where the message has none.
struct Request {  // NOLINT(bugprone-exception-escape): to move a Json throws nothing
  RequestId id;
  std::string method;
  Json params;
};

struct Notification {
  std::string method;
  Json params;
};

// A client's answer to a request of ours; the error is in words.
using Answer = tl::expected<Json, std::string>;
struct Response {
  RequestId id;
  Answer result;
};

using Message = std::variant<Request, Notification, Response>;

// The JSON value of a line; throws what to answer (without an id).
Json parse_line(std::string_view line);
// The id of the request in a line that could not be taken in for want of memory; reads nothing else
// of it.
std::optional<RequestId> id_in(std::string_view line);
// One message, from a value that is no array; throws what to answer, to `id` if that could be read.
Message read_message(Json value, std::optional<RequestId>& id);

// Messages to send. Without an id where the request's could not be read.
OrderedJson make_error(const std::optional<RequestId>& id, const RpcError& error);
// Without `params` if they are null. With an `id` added it is a request.
OrderedJson make_notification(std::string_view method, OrderedJson params);

// Modern requests (2026-07-28) carry their revision and what the client can do themselves; older
// ones get it from the session that `initialize` began. The choice is made for each request.
enum class Era { legacy, modern };

// How a request is to be answered. Immutable once made, so that handlers may read it.
struct RequestInfo {
  Era era = Era::legacy;
  std::string_view version = kLegacyVersions.front();
  std::shared_ptr<const Json> capabilities;  // the client's; an object
  std::optional<LogLevel> log_level;         // modern: of the messages that the client wants
  std::optional<RequestId> progress_token;

  // True if the client has declared that it answers server requests of this method.
  bool can_ask(std::string_view method) const;
  // True if it has declared that it says when its roots change.
  bool tells_of_roots() const;
};

// True if a request says of itself that it is modern.
bool is_modern(const Json& params);
// What a modern request says of itself (MCP 2026-07-28, Overview, `_meta`); throws the first that
// is wrong with it: missing metadata, version, capabilities, log level.
RequestInfo read_modern(const Json& params);
std::optional<RequestId> progress_token(const Json& params);

// The capability that a client declares for server requests of this method ("" if unknown).
std::string_view capability_for(std::string_view method);

}  // namespace mcp
