#include "mcp/protocol.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "json/reader.h"

namespace mcp {
namespace {

constexpr std::array<std::string_view, 8> kLogLevels = {"debug", "info",     "notice", "warning",
                                                        "error", "critical", "alert",  "emergency"};

Response read_response(RequestId id, Json& value) {
  if (const Json* error = member(value, "error")) {
    const std::string* message = string_member(*error, "message");
    return {std::move(id), tl::unexpected(message != nullptr ? *message : "no message")};
  }
  return {std::move(id), std::move(value["result"])};
}

RpcError bad_meta(std::string_view key, std::string_view problem) {
  return invalid_params("`_meta` member `" + std::string(key) + "` " + std::string(problem));
}

}  // namespace

RpcError invalid_request(std::string_view problem) {
  return {ErrorCode::invalid_request, "Invalid request: " + std::string(problem)};
}

RpcError invalid_params(std::string_view problem) {
  return {ErrorCode::invalid_params, "Invalid params: " + std::string(problem)};
}

RpcError no_memory() {
  return {ErrorCode::internal_error, std::string(kNoMemory)};
}

std::optional<RequestId> read_id(const Json& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) {
    return *text;
  }
  return json::integer_of(value);
}

OrderedJson to_json(const RequestId& id) {
  return std::visit([](const auto& value) { return OrderedJson(value); }, id);
}

std::optional<LogLevel> read_log_level(const Json& value) {
  const auto* name = value.get_ptr<const std::string*>();
  const auto* const found =
      name != nullptr ? std::find(kLogLevels.begin(), kLogLevels.end(), *name) : kLogLevels.end();
  return found == kLogLevels.end()
             ? std::nullopt
             : std::optional(static_cast<LogLevel>(found - kLogLevels.begin()));
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

Json value_or(const Json& object, std::string_view key, Json fallback) {
  const Json* value = member(object, key);
  if (value == nullptr || value->is_null()) {
    return fallback;
  }
  return *value;
}

const std::string& required_string(const Json& params, std::string_view key) {
  const std::string* value = string_member(params, key);
  require(value != nullptr, "`" + std::string(key) + "` is missing or no string");
  return *value;
}

Json parse_line(std::string_view line) {
  auto value = json::parse(line);
  if (!value) {
    const json::ParseError& error = value.error();
    if (error.too_deep) {
      throw invalid_request("nested deeper than " + std::to_string(json::kMaxDepth));
    }
    throw RpcError{ErrorCode::parse_error,
                   "Parse error at byte " + std::to_string(error.offset) + ": " + error.message};
  }
  return std::move(*value);
}

std::optional<RequestId> id_in(std::string_view line) {
  const auto is_wanted = [](int depth, Json::parse_event_t event, const Json& parsed) {
    return event != Json::parse_event_t::key || (depth == 1 && parsed == "id");
  };
  const Json value = Json::parse(line, is_wanted, /*allow_exceptions=*/false);
  const Json* id = member(value, "id");
  return id != nullptr ? read_id(*id) : std::nullopt;
}

Message read_message(Json value, std::optional<RequestId>& id) {
  const auto check = [](bool good, std::string_view problem) {
    if (!good) {
      throw invalid_request(problem);
    }
  };
  check(value.is_object(), "a message is an object");
  const Json* id_value = member(value, "id");
  id = id_value != nullptr ? read_id(*id_value) : std::nullopt;
  const std::string* version = string_member(value, "jsonrpc");
  check(version != nullptr && *version == "2.0", "`jsonrpc` is not \"2.0\"");
  if (!value.contains("method") && (value.contains("result") || value.contains("error"))) {
    // An answer is not answered, or two peers would go on for ever. No question has the number 0.
    return read_response(id.value_or(RequestId()), value);
  }
  check(id_value == nullptr || id, "`id` is neither a string nor an integer");
  const std::string* method = string_member(value, "method");
  check(method != nullptr, "`method` is missing or no string");
  Json params = std::move(value["params"]);
  check(params.is_object() || params.is_null() || !id, "`params` is no object");
  if (!params.is_object()) {
    params = Json::object();
  }
  if (!id) {
    return Notification{*method, std::move(params)};
  }
  return Request{*id, *method, std::move(params)};
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

OrderedJson make_notification(std::string_view method, OrderedJson params) {
  OrderedJson message = {{"jsonrpc", "2.0"}, {"method", method}};
  if (!params.is_null()) {
    message["params"] = std::move(params);
  }
  return message;
}

std::string_view capability_for(std::string_view method) {
  const bool known = method == "elicitation/create" || method == "sampling/createMessage" ||
                     method == "roots/list";
  return known ? method.substr(0, method.find('/')) : "";
}

bool RequestInfo::can_ask(std::string_view method) const {
  const std::string_view name = capability_for(method);
  const Json* capability = name.empty() ? nullptr : object_member(*capabilities, name);
  if (capability == nullptr || name != "elicitation") {
    return capability != nullptr;
  }
  // Elicitation came with 2025-06-18; a client that names only `url` does not show forms.
  const bool known = version != kVersion2025March && version != kVersion2024;
  return known && (!capability->contains("url") || capability->contains("form"));
}

bool RequestInfo::tells_of_roots() const {
  const Json* declared = object_member(*capabilities, "roots");
  const Json* changes = declared != nullptr ? member(*declared, "listChanged") : nullptr;
  return changes != nullptr && changes->is_boolean() && changes->get<bool>();
}

bool is_modern(const Json& params) {
  const Json* meta = member(params, "_meta");
  return meta != nullptr && member(*meta, kMetaVersion) != nullptr;
}

RequestInfo read_modern(const Json& params) {
  const Json* meta = object_member(params, "_meta");
  require(meta != nullptr, "`_meta` is missing");
  const std::string* version = string_member(*meta, kMetaVersion);
  if (version == nullptr) {
    throw bad_meta(kMetaVersion, "is missing or no string");
  }
  if (*version != kModernVersion) {
    throw RpcError{
        ErrorCode::unsupported_protocol_version, "Unsupported protocol version",
        OrderedJson{{"supported", OrderedJson::array({kModernVersion})}, {"requested", *version}}};
  }
  const Json* capabilities = object_member(*meta, kMetaCapabilities);
  if (capabilities == nullptr) {
    throw bad_meta(kMetaCapabilities, "is missing or no object");
  }
  RequestInfo info;
  if (const Json* level = member(*meta, kMetaLogLevel)) {
    info.log_level = read_log_level(*level);
    if (!info.log_level) {
      throw bad_meta(kMetaLogLevel, "is no log level");
    }
  }
  info.era = Era::modern;
  info.version = kModernVersion;
  info.capabilities = std::make_shared<const Json>(*capabilities);
  info.progress_token = progress_token(params);
  return info;
}

std::optional<RequestId> progress_token(const Json& params) {
  const Json* meta = object_member(params, "_meta");
  return meta != nullptr ? read_id(meta->value("progressToken", Json())) : std::nullopt;
}

}  // namespace mcp
