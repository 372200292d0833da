// JSON-RPC messages: what a line says, and the lines that are sent. Knows nothing of the methods.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "json/json.h"
#include "mcp/protocol.h"

namespace mcp {

// `params` is an object, empty where the message has none.
struct Request {
  RequestId id;
  std::string method;
  Json params;
};

struct Notification {
  std::string method;
  Json params;
};

// The client's answer to a request of ours: its result, or the message of its error.
struct Response {
  RequestId id;
  tl::expected<Json, std::string> result;
};

// Not a message: what to answer, and to whom if that could be read.
struct Invalid {
  std::optional<RequestId> id;
  RpcError error;
};

using Message = std::variant<Request, Notification, Response, Invalid>;

// The JSON value of a line; the error says what to answer (without an id).
Result<Json> parse_line(std::string_view line);
// One message, from a value that is no array.
Message read_message(Json value);

// Messages to send.
OrderedJson make_response(const RequestId& id, OrderedJson result);
// Without an id where the request's could not be read.
OrderedJson make_error(const std::optional<RequestId>& id, const RpcError& error);
OrderedJson make_request(const RequestId& id, std::string_view method, OrderedJson params);
// Without `params` if they are null.
OrderedJson make_notification(std::string_view method, OrderedJson params);

}  // namespace mcp
