#include "mcp/connection.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "json/parse.h"
#include "mcp/methods.h"

namespace mcp {
namespace {

// Blank lines are no messages and no errors: some clients write them.
bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Connection::Connection(Server& server, Outside outside)
    : server_(server),
      options_(server.options()),
      outside_(std::move(outside)),
      request_state_(options_.state_key),
      subscriptions_(options_, [this](const OrderedJson& message) { send(message); }) {
  server_.listen([this](Change change, const std::string& uri) {
    const Lock lock(mutex_);
    if (!closed_) {
      subscriptions_.announce(change, uri);
    }
  });
}

Connection::~Connection() {
  server_.listen(nullptr);
}

void Connection::on_line(std::string_view line) {
  if (is_blank(line)) {
    return;
  }
  auto value = parse_line(line);
  const Lock lock(mutex_);
  if (!value) {
    note(LogLevel::warning, value.error().message);
    send(make_error(std::nullopt, value.error()));
  } else if (value->is_array()) {
    on_batch(std::move(*value));
  } else {
    on_message(std::move(*value), nullptr);
  }
}

void Connection::on_overlong_line() {
  const std::string limit = std::to_string(options_.limits.line_bytes);
  const Lock lock(mutex_);
  send(make_error(std::nullopt,
                  invalid_request("a line is longer than " + limit + " bytes").value()));
}

void Connection::on_batch(Json values) {
  const bool known = session_ && session_->version == kVersion2025March;
  if (!known || values.empty() || values.size() > options_.limits.batch) {
    const auto error = invalid_request(!known           ? "this revision has no batches"
                                       : values.empty() ? "the batch is empty"
                                                        : "the batch is too long");
    send(make_error(std::nullopt, error.value()));
    return;
  }
  const auto batch = std::make_shared<Batch>();
  batch->open = 1;  // not done before all are read
  for (Json& value : values) {
    on_message(std::move(value), batch);
  }
  close_batch(batch);
}

void Connection::on_message(Json value, const BatchPtr& batch) {
  Message message = read_message(std::move(value));
  auto* request = std::get_if<Request>(&message);
  auto* invalid = std::get_if<Invalid>(&message);
  if (batch != nullptr && (request != nullptr || invalid != nullptr)) {
    ++batch->open;
  }
  if (request != nullptr) {
    on_request(std::move(*request), batch);
  } else if (invalid != nullptr) {
    reply(batch, make_error(invalid->id, invalid->error));
  } else if (auto* notification = std::get_if<Notification>(&message)) {
    on_notification(*notification);
  } else {
    on_response(std::move(std::get<Response>(message)));
  }
}

// The order of the checks is the specification's: era and its metadata, the method, then params.
void Connection::on_request(Request request, const BatchPtr& batch) {
  const RequestId id = request.id;
  const std::string method = request.method;
  const auto refuse = [&](RpcError error) {
    answer(id, batch, method, Era::legacy, tl::unexpected(std::move(error)));
  };
  if (calls_.count(id) > 0 || subscriptions_.contains(id)) {
    return refuse(invalid_request("`id` is in use").value());
  }
  if (batch != nullptr && is_modern(request.params)) {
    return refuse(invalid_request("this revision has no batches").value());
  }
  auto info = classify(request);
  if (!info) {
    return refuse(std::move(info.error()));
  }
  try {
    const bool modern = info->era == Era::modern;
    if (auto result = modern ? modern_method(request) : legacy_method(request)) {
      if (!subscriptions_.contains(id)) {  // else it stays open
        answer(id, batch, method, info->era, std::move(*result));
      }
    } else {
      begin(std::move(request), *info, batch);
    }
  } catch (const std::exception& error) {
    note(LogLevel::error, method + " failed: " + error.what());
    refuse({ErrorCode::internal_error, "Internal error"});
  }
}

// A method that serves a feature: answers, or has a handler answer.
void Connection::begin(Request request, const RequestInfo& info, const BatchPtr& batch) {
  auto rounds = read_rounds(request, info);
  auto step = prepare(server_.features(), request, info.era);
  if (step && !rounds) {
    step = tl::unexpected(std::move(rounds.error()));
  }
  if (!step) {
    answer(request.id, batch, request.method, info.era, tl::unexpected(std::move(step.error())));
  } else if (auto* result = std::get_if<OrderedJson>(&*step)) {
    answer(request.id, batch, request.method, info.era, std::move(*result));
  } else {
    auto call = std::make_shared<Call>();
    call->id = std::move(request.id);
    call->method = std::move(request.method);
    call->info = info;
    call->rounds = std::move(*rounds);
    call->batch = batch;
    start(std::move(call), std::move(std::get<Job>(*step)));
  }
}

Result<RequestInfo> Connection::classify(const Request& request) const {
  if (is_modern(request.params)) {
    return read_modern(request.params);
  }
  if (session_) {
    return legacy_info(session_->version, session_->capabilities, request.params);
  }
  if (request.method == "initialize" || request.method == "ping") {
    return legacy_info(kLegacyVersions.front(), nullptr, request.params);
  }
  return read_modern(request.params);  // which says what is missing
}

Result<OrderedJson> Connection::initialize(const Request& request) {
  if (session_) {
    return invalid_request("the session is initialized already");
  }
  const std::string* wanted = string_member(request.params, "protocolVersion");
  if (wanted == nullptr) {
    return invalid_params("`protocolVersion` is missing or no string");
  }
  const Json* capabilities = member(request.params, "capabilities");
  if (capabilities != nullptr && !capabilities->is_object()) {
    return invalid_params("`capabilities` is no object");
  }
  const auto* const found = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), *wanted);
  session_.emplace();
  session_->version = found != kLegacyVersions.end() ? *found : kLegacyVersions.front();
  session_->capabilities =
      std::make_shared<const Json>(capabilities != nullptr ? *capabilities : Json::object());
  subscriptions_.open_session();
  return mcp::initialize(options_, *server_.features(), session_->version);
}

std::optional<Result<OrderedJson>> Connection::legacy_method(const Request& request) {
  if (request.method == "initialize") {
    return initialize(request);
  }
  if (request.method == "ping") {
    return OrderedJson::object();
  }
  if (request.method == "logging/setLevel" && options_.logging) {
    const Json* value = member(request.params, "level");
    const auto level = value != nullptr ? read_log_level(*value) : std::nullopt;
    if (!level) {
      return invalid_params("`level` is no log level");
    }
    session_->log_level = *level;
    return OrderedJson::object();
  }
  const bool subscribe = request.method == "resources/subscribe";
  if ((subscribe || request.method == "resources/unsubscribe") && options_.subscribe) {
    const std::string* uri = string_member(request.params, "uri");
    if (uri == nullptr) {
      return invalid_params("`uri` is missing or no string");
    }
    return subscribe ? subscriptions_.subscribe(*uri) : subscriptions_.unsubscribe(*uri);
  }
  return std::nullopt;
}

std::optional<Result<OrderedJson>> Connection::modern_method(const Request& request) {
  if (request.method == "server/discover") {
    return discover(options_, *server_.features());
  }
  if (request.method == "subscriptions/listen" && (options_.list_changed || options_.subscribe)) {
    return subscriptions_.open(request.id, request.params);
  }
  return std::nullopt;
}

Result<Rounds> Connection::read_rounds(const Request& request, const RequestInfo& info) {
  Rounds rounds;
  if (info.era == Era::legacy ||
      (request.method != "tools/call" && request.method != "prompts/get" &&
       request.method != "resources/read")) {
    return rounds;
  }
  rounds.request = RequestState::identify(request.method, request.params);
  if (const Json* state = member(request.params, "requestState")) {
    auto earlier = request_state_.open(rounds.request, *state, std::chrono::system_clock::now());
    if (!earlier) {
      return tl::unexpected(std::move(earlier.error()));
    }
    rounds.asked = true;
    rounds.earlier = std::move(*earlier);
  }
  if (const Json* answers = member(request.params, "inputResponses")) {
    if (!answers->is_object()) {
      return invalid_params("`inputResponses` is no object");
    }
    rounds.answers = *answers;
  }
  return rounds;
}

void Connection::on_notification(const Notification& notification) {
  if (notification.method == "notifications/cancelled") {
    const Json* value = member(notification.params, "requestId");
    if (const auto id = value != nullptr ? read_id(*value) : std::nullopt) {
      cancel(*id);
    }
  } else if (notification.method == "notifications/roots/list_changed" && session_) {
    session_->roots.reset();
  }
}

// An answer that nobody waits for is ignored.
void Connection::on_response(Response response) {
  const auto* number = std::get_if<std::int64_t>(&response.id);
  const auto found = number != nullptr ? questions_.find(*number) : questions_.end();
  if (found != questions_.end()) {
    found->second = std::move(response.result);
    answered_.notify_all();
  }
}

void Connection::send(const OrderedJson& message, Delivery delivery) {
  outside_.send(json::dump(message), delivery);
}

void Connection::reply(const BatchPtr& batch, OrderedJson message) {
  if (batch == nullptr) {
    send(message);
    return;
  }
  batch->replies.push_back(std::move(message));
  close_batch(batch);
}

void Connection::answer(const RequestId& id, const BatchPtr& batch, std::string_view method,
                        Era era, Result<OrderedJson> result) {
  if (!result) {
    reply(batch, make_error(id, result.error()));
    return;
  }
  if (era == Era::modern) {
    finish_modern(options_, method, *result);
  }
  reply(batch, make_response(id, std::move(*result)));
}

void Connection::answer(const Call& call, Result<OrderedJson> result) {
  answer(call.id, call.batch, call.method, call.info.era, std::move(result));
}

void Connection::close_batch(const BatchPtr& batch) {
  if (batch != nullptr && --batch->open == 0 && !batch->replies.empty()) {
    send(batch->replies);
  }
}

}  // namespace mcp
