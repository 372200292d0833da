#include "mcp/connection.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <asio/post.hpp>

#include "json/parse.h"

namespace mcp {
namespace {

tl::unexpected<RpcError> invalid_request(std::string_view problem) {
  return tl::unexpected(
      RpcError{ErrorCode::invalid_request, "Invalid request: " + std::string(problem)});
}

// Blank lines are no messages and no errors: some clients write them.
bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

Connection::Connection(asio::io_context& loop, Transport& transport, const Options& options,
                       Registry& registry, std::function<void()> closed)
    : loop_(loop),
      transport_(transport),
      options_(options),
      registry_(registry),
      closed_(std::move(closed)),
      methods_(options, registry),
      request_state_(options.state_key),
      subscriptions_(options, [this](const OrderedJson& message) { send(message); }),
      grace_(loop),
      workers_(options.limits.in_flight) {
  registry_.listen([this](Change change, const std::string& uri) {
    asio::post(loop_, [this, change, uri] { announce(change, uri); });
  });
}

Connection::~Connection() {
  registry_.listen(nullptr);
  for (const auto& [id, call] : calls_) {
    call->stop.request_stop();
  }
}

void Connection::on_line(std::string line) {
  if (is_blank(line)) {
    return;
  }
  try {
    auto value = parse_line(line);
    if (!value) {
      note(LogLevel::warning, value.error().message);
      send(make_error(std::nullopt, value.error()));
      return;
    }
    if (value->is_array()) {
      on_batch(std::move(*value));
    } else {
      on_message(std::move(*value), nullptr);
    }
  } catch (const std::exception& error) {
    note(LogLevel::error, std::string("a message could not be handled: ") + error.what());
    send(make_error(std::nullopt, {ErrorCode::internal_error, "Internal error"}));
  }
}

void Connection::on_overlong_line() {
  const std::string limit = std::to_string(options_.limits.line_bytes);
  send(make_error(std::nullopt, {ErrorCode::invalid_request,
                                 "Invalid request: a line is longer than " + limit + " bytes"}));
}

void Connection::on_batch(Json values) {
  const bool known = session_ && session_->version() == kVersion2025March;
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
  if (auto* request = std::get_if<Request>(&message)) {
    if (batch != nullptr) {
      ++batch->open;
    }
    on_request(std::move(*request), batch);
  } else if (auto* notification = std::get_if<Notification>(&message)) {
    on_notification(*notification);
  } else if (auto* response = std::get_if<Response>(&message)) {
    if (session_) {
      session_->answer(std::move(*response));
    }
  } else if (auto* invalid = std::get_if<Invalid>(&message)) {
    if (batch != nullptr) {
      ++batch->open;
    }
    reply(batch, make_error(invalid->id, invalid->error));
  }
}

// The order of the checks is the specification's: era and its metadata, the method, then params.
void Connection::on_request(Request request, const BatchPtr& batch) {
  const RequestId id = request.id;
  const std::string method = request.method;
  const bool in_use = calls_.count(id) > 0 || subscriptions_.contains(id);
  if (in_use || (batch != nullptr && is_modern(request.params))) {
    answer(id, batch, method, Era::legacy,
           invalid_request(in_use ? "`id` is in use" : "this revision has no batches"));
    return;
  }
  auto info = classify(request);
  if (!info) {
    answer(id, batch, method, Era::legacy, tl::unexpected(info.error()));
    return;
  }
  try {
    const Era era = info->era;
    if (auto result = era == Era::modern ? modern_method(request) : legacy_method(request)) {
      if (!subscriptions_.contains(id)) {  // else it stays open
        answer(id, batch, method, era, std::move(*result));
      }
      return;
    }
    auto rounds = read_rounds(request, *info);
    auto step = methods_.prepare(request, *info);
    if (!step || !rounds) {
      answer(id, batch, method, era,
             tl::unexpected(!step ? std::move(step.error()) : std::move(rounds.error())));
      return;
    }
    if (auto* result = std::get_if<OrderedJson>(&*step)) {
      answer(id, batch, method, era, std::move(*result));
      return;
    }
    auto call = std::make_shared<Call>();
    call->id = id;
    call->method = method;
    call->info = std::move(*info);
    call->rounds = std::move(*rounds);
    call->batch = batch;
    start(std::move(call), std::move(std::get<Job>(*step)));
  } catch (const std::exception& error) {
    note(LogLevel::error, method + " failed: " + error.what());
    calls_.erase(id);
    answer(id, batch, method, Era::legacy,
           tl::unexpected(RpcError{ErrorCode::internal_error, "Internal error"}));
  }
}

Result<RequestInfo> Connection::classify(const Request& request) const {
  if (is_modern(request.params)) {
    return read_modern(request.params);
  }
  if (session_) {
    return legacy_info(session_->version(), session_->capabilities(), request.params);
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
    return tl::unexpected(invalid_params("`protocolVersion` is missing or no string"));
  }
  const Json* capabilities = member(request.params, "capabilities");
  if (capabilities != nullptr && !capabilities->is_object()) {
    return tl::unexpected(invalid_params("`capabilities` is no object"));
  }
  const auto* const found = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), *wanted);
  const auto version = found != kLegacyVersions.end() ? *found : kLegacyVersions.front();
  session_.emplace(loop_, version, capabilities != nullptr ? *capabilities : Json::object(),
                   options_.limits.roots_answer,
                   [this](const OrderedJson& message) { send(message); });
  return methods_.initialize(version);
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
      return tl::unexpected(invalid_params("`level` is no log level"));
    }
    session_->log_level = *level;
    return OrderedJson::object();
  }
  const bool subscribe = request.method == "resources/subscribe";
  if ((subscribe || request.method == "resources/unsubscribe") && options_.subscribe) {
    const std::string* uri = string_member(request.params, "uri");
    if (uri == nullptr) {
      return tl::unexpected(invalid_params("`uri` is missing or no string"));
    }
    if (!subscribe) {
      session_->subscriptions.erase(*uri);
    } else if (session_->subscriptions.size() < options_.limits.subscriptions) {
      session_->subscriptions.insert(*uri);
    } else {
      return tl::unexpected(RpcError{ErrorCode::internal_error, "Too many subscriptions are open"});
    }
    return OrderedJson::object();
  }
  return std::nullopt;
}

std::optional<Result<OrderedJson>> Connection::modern_method(const Request& request) {
  if (request.method == "server/discover") {
    return methods_.discover();
  }
  if (request.method == "subscriptions/listen" && (options_.list_changed || options_.subscribe)) {
    auto opened = subscriptions_.open(request.id, request.params);
    if (!opened) {
      return tl::unexpected(std::move(opened.error()));
    }
    return OrderedJson::object();
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
      return tl::unexpected(invalid_params("`inputResponses` is no object"));
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
    session_->forget_roots();
  }
}

void Connection::cancel(const RequestId& id) {
  if (subscriptions_.close(id)) {
    return;
  }
  const auto found = calls_.find(id);
  if (found == calls_.end()) {
    return;  // answered already, or never seen
  }
  const CallPtr call = found->second;
  note(LogLevel::debug, call->method + " was cancelled by the client");
  end(*call);
  call->stop.request_stop();
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.call == call; });
  close_batch(call->batch);
  maybe_close();
}

void Connection::send(const OrderedJson& message, Delivery delivery) {
  transport_.send(json::dump(message), delivery);
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
  } else if (era == Era::modern) {
    reply(batch, make_response(id, methods_.finish_modern(method, std::move(*result))));
  } else {
    reply(batch, make_response(id, std::move(*result)));
  }
}

void Connection::close_batch(const BatchPtr& batch) {
  if (batch != nullptr && --batch->open == 0 && !batch->replies.empty()) {
    send(batch->replies);
  }
}

}  // namespace mcp
