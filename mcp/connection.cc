#include "mcp/connection.h"

#include <exception>
#include <utility>

#include "mcp/memory.h"
#include "mcp/methods.h"

namespace mcp {

Connection::Connection(Server& server, Callbacks callbacks)
    : server_(server),
      state_(server.options(), std::move(callbacks)),
      subscriptions_(state_.options, [this](const OrderedJson& message) { state_.send(message); }) {
  server_.attach([this](Change change, const std::string& uri) { announce(change, uri); });
}

void Connection::announce(Change change, const std::string& uri) {
  const locking::MutexLock lock(mutex_);
  if (!closed_) {
    subscriptions_.announce(change, uri);
  }
}

// Whatever goes wrong with a line, the next one is served.
void Connection::on_line(std::optional<std::string_view> line, TimePoint arrived) {
  try {
    if (!line) {
      throw invalid_request("a line is longer than " +
                            std::to_string(state_.options.limits.line_bytes) +
                            " bytes, or than memory allows");
    }
    take_in(*line, arrived);
  } catch (const RpcError& error) {
    try_until_there_is_memory([&] {
      // No more than debug: standard error, left unread, fills up.
      state_.options.log(LogLevel::debug, error.message);
      state_.send(make_error(std::nullopt, error), Delivery::answer);
    });
  } catch (const std::exception&) {
    try_until_there_is_memory([&] {
      const std::optional<RequestId> id = line ? id_in(*line) : std::nullopt;
      state_.send(make_error(id, no_memory()), Delivery::answer);
    });
  }
}

void Connection::take_in(std::string_view line, TimePoint arrived) {
  // Blank lines are no messages and no errors: some clients write them.
  if (line.find_first_not_of(" \t\r") == line.npos) {
    return;
  }
  Json value = parse_line(line);
  const locking::MutexLock lock(mutex_);
  if (value.is_array()) {
    on_batch(std::move(value), arrived);
  } else {
    on_message(std::move(value), nullptr, arrived);
  }
}

void Connection::on_batch(Json values, TimePoint arrived) {
  if (!session_ || session_->info().version != kVersion2025March) {
    throw invalid_request("this revision has no batches");
  }
  if (values.empty() || values.size() > state_.options.limits.batch) {
    throw invalid_request(values.empty() ? "the batch is empty" : "the batch is too long");
  }
  const auto batch = std::make_shared<Batch>();
  batch->open = values.size();
  for (Json& value : values) {
    on_message(std::move(value), batch, arrived);
  }
}

void Connection::on_message(Json value, const BatchPtr& batch, TimePoint arrived) {
  std::optional<RequestId> id;
  RpcError problem = {ErrorCode::internal_error, "Internal error"};
  try {
    Message message = read_message(std::move(value), id);
    if (auto* request = std::get_if<Request>(&message)) {
      serve(*request, batch, arrived);
      return;
    }
    if (auto* response = std::get_if<Response>(&message)) {
      state_.questions.answer(response->id, std::move(response->result));
    } else {
      on_notification(std::get<Notification>(message));
    }
    close_batch(batch);
    return;
  } catch (RpcError& error) {
    problem = std::move(error);
  } catch (const std::exception& error) {
    state_.options.log(LogLevel::error,
                       std::string("a message could not be handled: ") + error.what());
  }
  reply(batch, json::dump(make_error(id, problem)));
}

// Checks in this order: era and its metadata (MCP 2026-07-28, Overview, `_meta`), the method, then
// params.
void Connection::serve(Request& request, const BatchPtr& batch, TimePoint arrived) {
  if (calls_.count(request.id) > 0 || subscriptions_.contains(request.id)) {
    throw invalid_request("`id` is in use");
  }
  if (batch != nullptr && is_modern(request.params)) {
    throw invalid_request("this revision has no batches");
  }
  auto call = std::make_shared<Call>();
  call->arrived = arrived;
  call->info = classify(request);
  call->round_trip = read_round_trip_state(request, call->info.era);
  call->batch = batch;
  call->session = call->info.era == Era::legacy ? session_ : nullptr;
  call->request = std::move(request);
  const bool modern = call->info.era == Era::modern;
  std::optional<MethodResult> result =
      modern ? modern_method(call->request) : legacy_method(call->request);
  if (!result) {
    auto step = dispatch(server_.features(), call->request, call->info.era);
    if (auto* job = std::get_if<Job>(&step)) {
      call->job = std::move(*job);
      start(call);
      return;
    }
    result = std::move(std::get<MethodResult>(step));
  }
  if (!subscriptions_.contains(call->request.id)) {  // else it stays open
    reply(batch, response_line(state_.options, call->info.era, call->request, std::move(*result)));
  }
}

RequestInfo Connection::classify(const Request& request) const {
  const bool begins = request.method == "initialize" || request.method == "ping";
  if (is_modern(request.params) || (!session_ && !begins)) {
    return read_modern(request.params);  // or say what is missing
  }
  RequestInfo info = session_ ? session_->info() : RequestInfo();
  info.progress_token = progress_token(request.params);
  return info;
}

// A client that repeats its request, because it missed the answer, gets the same again.
OrderedJson Connection::begin_session(Json params) {
  params.erase("_meta");
  if (session_ && !session_->began_with(params)) {
    throw invalid_request("the session is initialized already, with other parameters");
  }
  const auto session = session_ ? session_ : std::make_shared<Session>(std::move(params));
  OrderedJson result =
      discover_result(state_.options, *server_.features(), session->info().version);
  if (!session_) {
    subscriptions_.open_session();
    session_ = session;
  }
  return result;
}

std::optional<OrderedJson> Connection::legacy_method(const Request& request) {
  if (request.method == "initialize") {
    return begin_session(request.params);
  }
  if (request.method == "logging/setLevel" && state_.options.logging) {
    const auto level = read_log_level(request.params.value("level", Json()));
    require(level.has_value(), "`level` is no log level");
    session_->set_log_level(*level);
  } else if (request.method == "resources/subscribe" && state_.options.subscribe) {
    subscriptions_.subscribe(required_string(request.params, "uri"));
  } else if (request.method == "resources/unsubscribe" && state_.options.subscribe) {
    subscriptions_.unsubscribe(required_string(request.params, "uri"));
  } else if (request.method != "ping") {
    return std::nullopt;
  }
  return OrderedJson::object();
}

std::optional<OrderedJson> Connection::modern_method(const Request& request) {
  if (request.method == "server/discover") {
    return discover_result(state_.options, *server_.features(), kModernVersion);
  }
  if (request.method == "subscriptions/listen" &&
      (state_.options.list_changed || state_.options.subscribe)) {
    subscriptions_.open(request.id, request.params);
    return OrderedJson::object();
  }
  return std::nullopt;
}

RoundTripState Connection::read_round_trip_state(const Request& request, Era era) {
  RoundTripState round_trip;
  if (era == Era::legacy || (request.method != "tools/call" && request.method != "prompts/get" &&
                             request.method != "resources/read")) {
    return round_trip;
  }
  round_trip.possible = true;
  round_trip.request = RequestState::identify(request.method, request.params);
  if (const Json* state = member(request.params, "requestState")) {
    round_trip.state =
        state_.request_state.open(round_trip.request, *state, std::chrono::system_clock::now());
  }
  round_trip.answers = request.params.value("inputResponses", Json::object());
  require(round_trip.answers.is_object(), "`inputResponses` is no object");
  return round_trip;
}

void Connection::on_notification(const Notification& notification) {
  if (notification.method == "notifications/cancelled") {
    if (const auto id = read_id(notification.params.value("requestId", Json()))) {
      cancel(*id);
    }
  } else if (notification.method == "notifications/roots/list_changed" && session_) {
    session_->forget_roots();
  }
}

void Connection::reply(const BatchPtr& batch, std::string line) {
  if (batch == nullptr) {
    state_.callbacks.send(std::move(line), Delivery::answer);
    return;
  }
  const std::size_t before = batch->replies.size();
  try {
    (batch->replies += ',') += line;
    close_batch(batch);
  } catch (...) {
    batch->replies.resize(before);
    throw;
  }
}

// The batch stays open if this throws.
void Connection::close_batch(const BatchPtr& batch) {
  if (batch == nullptr) {
    return;
  }
  if (batch->open == 1 && !batch->replies.empty()) {
    state_.callbacks.send('[' + batch->replies.substr(1) + ']', Delivery::answer);
  }
  --batch->open;
}

void Connection::on_end_of_input() {
  state_.questions.close();
  const locking::MutexLock lock(mutex_);
  input_ended_ = true;
  maybe_close();
}

void Connection::shut_down(std::string_view why) {
  state_.questions.close();
  {
    const locking::MutexLock lock(mutex_);
    input_ended_ = true;
    stop_all();
    maybe_close();
  }
  state_.options.log(LogLevel::info, why);
}

void Connection::on_end_of_grace() {
  const locking::MutexLock lock(mutex_);
  stop_all();
}

bool Connection::crowded() const {
  const locking::MutexLock lock(mutex_);
  return waiting_.size() >= state_.options.limits.queued && state_.questions.is_empty();
}

bool Connection::closed() const {
  const locking::MutexLock lock(mutex_);
  return closed_;
}

}  // namespace mcp
