#include "mcp/message.h"

#include <utility>

#include "json/parse.h"

namespace mcp {
namespace {

Invalid invalid(std::optional<RequestId> id, std::string message) {
  return {std::move(id), {ErrorCode::invalid_request, std::move(message)}};
}

// Moves the params out of `value`; nothing if they are of a type that MCP does not have.
std::optional<Json> take_params(Json& value) {
  const auto found = value.find("params");
  if (found == value.end() || found->is_null()) {
    return Json::object();
  }
  if (!found->is_object()) {
    return std::nullopt;
  }
  return std::move(*found);
}

Response read_response(RequestId id, Json& value) {
  if (const Json* error = member(value, "error")) {
    const std::string* message = string_member(*error, "message");
    return {std::move(id), tl::unexpected(message != nullptr ? *message : "no message")};
  }
  return {std::move(id), std::move(value["result"])};
}

}  // namespace

Result<Json> parse_line(std::string_view line) {
  if (json::too_deep(line)) {
    return tl::unexpected(
        RpcError{ErrorCode::invalid_request,
                 "Invalid request: nested deeper than " + std::to_string(json::kMaxDepth)});
  }
  auto value = json::parse(line);
  if (!value) {
    return tl::unexpected(RpcError{ErrorCode::parse_error,
                                   "Parse error at byte " + std::to_string(value.error().offset) +
                                       ": " + value.error().message});
  }
  return std::move(*value);
}

Message read_message(Json value) {
  if (!value.is_object()) {
    return invalid(std::nullopt, "Invalid request: a message is an object");
  }
  const Json* id_value = member(value, "id");
  std::optional<RequestId> id = id_value != nullptr ? read_id(*id_value) : std::nullopt;
  const std::string* version = string_member(value, "jsonrpc");
  if (version == nullptr || *version != "2.0") {
    return invalid(std::move(id), "Invalid request: `jsonrpc` is not \"2.0\"");
  }
  if (id_value != nullptr && !id) {
    return invalid(std::nullopt, "Invalid request: `id` is neither a string nor an integer");
  }
  const Json* method_value = member(value, "method");
  if (method_value == nullptr) {
    if (id && (value.contains("result") || value.contains("error"))) {
      return read_response(std::move(*id), value);
    }
    return invalid(std::move(id), "Invalid request: `method` is missing");
  }
  const std::string* method_name = string_member(value, "method");
  if (method_name == nullptr) {
    return invalid(std::move(id), "Invalid request: `method` is no string");
  }
  std::string method = *method_name;
  auto params = take_params(value);
  if (!params && id) {
    return invalid(std::move(id), "Invalid request: `params` is no object");
  }
  if (!id) {
    return Notification{std::move(method), params ? std::move(*params) : Json::object()};
  }
  return Request{std::move(*id), std::move(method), std::move(*params)};
}

OrderedJson make_response(const RequestId& id, OrderedJson result) {
  OrderedJson message = {{"jsonrpc", "2.0"}, {"id", to_json(id)}};
  message["result"] = std::move(result);
  return message;
}

OrderedJson make_error(const std::optional<RequestId>& id, const RpcError& error) {
  OrderedJson message = {{"jsonrpc", "2.0"}};
  if (id) {
    message["id"] = to_json(*id);
  }
  OrderedJson& body = message["error"];
  body = {{"code", static_cast<int>(error.code)}, {"message", error.message}};
  if (!error.data.is_null()) {
    body["data"] = error.data;
  }
  return message;
}

OrderedJson make_request(const RequestId& id, std::string_view method, OrderedJson params) {
  OrderedJson message = {{"jsonrpc", "2.0"}, {"id", to_json(id)}, {"method", method}};
  message["params"] = std::move(params);
  return message;
}

OrderedJson make_notification(std::string_view method, OrderedJson params) {
  OrderedJson message = {{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) {
    message["params"] = std::move(params);
  }
  return message;
}

}  // namespace mcp
