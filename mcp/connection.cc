#include "mcp/connection.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "json/parse.h"
#include "mcp/memory.h"
#include "mcp/methods.h"

namespace mcp {
Connection::Connection(Server& server, Outside outside)
    : server_(server),
      options_(server.options()),
      outside_(std::move(outside)),
      request_state_(options_.state_key),
      subscriptions_(options_, [this](const OrderedJson& message) { send(message); }) {
  server_.attach(this);
}

void Connection::announce(Change change, const std::string& uri) {
  const Lock lock(mutex_);
  if (!closed_) {
    subscriptions_.announce(change, uri);
  }
}

// Whatever goes wrong with a line, the next one is served.
void Connection::on_line(std::optional<std::string_view> line) {
  try {
    if (!line) {
      throw invalid_request("a line is longer than " + std::to_string(options_.limits.line_bytes) +
                            " bytes, or than memory allows");
    }
    take_in(*line);
  } catch (const RpcError& error) {
    try_until_there_is_memory([&] {
      options_.log(LogLevel::debug, error.message);  // as standard error, left unread, fills up
      const Lock lock(mutex_);
      send(make_error(std::nullopt, error));
    });
  } catch (const std::exception&) {
    try_until_there_is_memory([&] {
      const std::optional<RequestId> id = line ? id_in(*line) : std::nullopt;
      const Lock lock(mutex_);
      send(make_error(id, no_memory()));
    });
  }
}

void Connection::take_in(std::string_view line) {
  // Blank lines are no messages and no errors: some clients write them.
  if (line.find_first_not_of(" \t\r") == line.npos) {
    return;
  }
  Json value = parse_line(line);
  const Lock lock(mutex_);
  if (value.is_array()) {
    on_batch(std::move(value));
  } else {
    on_message(std::move(value), nullptr);
  }
}

void Connection::on_batch(Json values) {
  if (!session_ || session_->info.version != kVersion2025March) {
    throw invalid_request("this revision has no batches");
  }
  if (values.empty() || values.size() > options_.limits.batch) {
    throw invalid_request(values.empty() ? "the batch is empty" : "the batch is too long");
  }
  const auto batch = std::make_shared<Batch>();
  batch->open = values.size();
  for (Json& value : values) {
    on_message(std::move(value), batch);
  }
}

void Connection::on_message(Json value, const BatchPtr& batch) {
  std::optional<RequestId> id;
  RpcError problem = {ErrorCode::internal_error, "Internal error"};
  try {
    Message message = read_message(std::move(value), id);
    if (auto* request = std::get_if<Request>(&message)) {
      serve(*request, batch);
      return;
    }
    if (auto* response = std::get_if<Response>(&message)) {
      const auto question = questions_.find(response->id);
      if (question != questions_.end()) {  // else nobody waits for it
        question->second = std::move(response->result);
        answered_.notify_all();
      }
    } else {
      on_notification(std::get<Notification>(message));
    }
    close_batch(batch);
    return;
  } catch (RpcError& error) {
    problem = std::move(error);
  } catch (const std::exception& error) {
    options_.log(LogLevel::error, std::string("a message could not be handled: ") + error.what());
  }
  reply(batch, make_error(id, problem));
}

// Checks in this order: era and its metadata (MCP 2026-07-28, Overview, `_meta`), the method, then
// params.
void Connection::serve(Request& request, const BatchPtr& batch) {
  if (calls_.count(request.id) > 0 || subscriptions_.contains(request.id)) {
    throw invalid_request("`id` is in use");
  }
  if (batch != nullptr && is_modern(request.params)) {
    throw invalid_request("this revision has no batches");
  }
  auto call = std::make_shared<Call>();
  call->info = classify(request);
  call->rounds = read_rounds(request, call->info.era);
  call->batch = batch;
  call->request = std::move(request);
  const bool modern = call->info.era == Era::modern;
  auto result = modern ? modern_method(call->request) : legacy_method(call->request);
  if (!result) {
    auto step = prepare(server_.features(), call->request, call->info.era);
    if (auto* job = std::get_if<Job>(&step)) {
      call->job = std::move(*job);
      start(call);
      return;
    }
    result = std::move(std::get<OrderedJson>(step));
  }
  if (!subscriptions_.contains(call->request.id)) {  // else it stays open
    reply(batch, make_response(options_, call->info.era, call->request, std::move(*result)));
  }
}

RequestInfo Connection::classify(const Request& request) const {
  const bool begins = request.method == "initialize" || request.method == "ping";
  if (is_modern(request.params) || (!session_ && !begins)) {
    return read_modern(request.params);  // or say what is missing
  }
  RequestInfo info = session_ ? session_->info : RequestInfo();
  info.progress_token = progress_token(request.params);
  return info;
}

// A client that repeats its request, because it missed the answer, gets the same again.
OrderedJson Connection::begin_session(Json params) {
  params.erase("_meta");
  if (session_ && session_->params == params) {
    return introduction(options_, *server_.features(), session_->info.version);
  }
  if (session_) {
    throw invalid_request("the session is initialized already, with other parameters");
  }
  const std::string wanted = required_string(params, "protocolVersion");
  auto capabilities =
      std::make_shared<const Json>(value_or(params, "capabilities", Json::object()));
  require(capabilities->is_object(), "`capabilities` is no object");
  const auto* const found = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), wanted);
  Session session;
  session.info.version = found != kLegacyVersions.end() ? *found : kLegacyVersions.front();
  session.info.capabilities = std::move(capabilities);
  session.params = std::move(params);
  OrderedJson result = introduction(options_, *server_.features(), session.info.version);
  subscriptions_.open_session();
  session_ = std::move(session);
  return result;
}

std::optional<OrderedJson> Connection::legacy_method(const Request& request) {
  if (request.method == "initialize") {
    return begin_session(request.params);
  }
  if (request.method == "logging/setLevel" && options_.logging) {
    const auto level = read_log_level(request.params.value("level", Json()));
    require(level.has_value(), "`level` is no log level");
    session_->log_level = *level;
  } else if (request.method == "resources/subscribe" && options_.subscribe) {
    subscriptions_.subscribe(required_string(request.params, "uri"));
  } else if (request.method == "resources/unsubscribe" && options_.subscribe) {
    subscriptions_.unsubscribe(required_string(request.params, "uri"));
  } else if (request.method != "ping") {
    return std::nullopt;
  }
  return OrderedJson::object();
}

std::optional<OrderedJson> Connection::modern_method(const Request& request) {
  if (request.method == "server/discover") {
    return introduction(options_, *server_.features(), kModernVersion);
  }
  if (request.method == "subscriptions/listen" && (options_.list_changed || options_.subscribe)) {
    subscriptions_.open(request.id, request.params);
    return OrderedJson::object();
  }
  return std::nullopt;
}

Rounds Connection::read_rounds(const Request& request, Era era) {
  Rounds rounds;
  if (era == Era::legacy || (request.method != "tools/call" && request.method != "prompts/get" &&
                             request.method != "resources/read")) {
    return rounds;
  }
  rounds.possible = true;
  rounds.request = RequestState::identify(request.method, request.params);
  if (const Json* state = member(request.params, "requestState")) {
    rounds.state = request_state_.open(rounds.request, *state, std::chrono::system_clock::now());
  }
  rounds.answers = request.params.value("inputResponses", Json::object());
  require(rounds.answers.is_object(), "`inputResponses` is no object");
  return rounds;
}

void Connection::on_notification(const Notification& notification) {
  if (notification.method == "notifications/cancelled") {
    if (const auto id = read_id(notification.params.value("requestId", Json()))) {
      cancel(*id);
    }
  } else if (notification.method == "notifications/roots/list_changed" && session_) {
    session_->roots.reset();
    session_->roots_unanswered = false;
    ++session_->roots_changes;
  }
}

void Connection::send(const OrderedJson& message, Delivery delivery) {
  outside_.send(json::dump(message), delivery);
}

void Connection::reply(const BatchPtr& batch, OrderedJson message) {
  if (batch == nullptr) {
    send(message);
  } else {
    batch->replies.push_back(std::move(message));
    try {
      close_batch(batch);
    } catch (...) {
      batch->replies.erase(batch->replies.size() - 1);
      throw;
    }
  }
}

// The batch stays open if this throws.
void Connection::close_batch(const BatchPtr& batch) {
  if (batch == nullptr) {
    return;
  }
  if (batch->open == 1 && !batch->replies.empty()) {
    send(batch->replies);
  }
  --batch->open;
}

void Connection::on_end_of_input() {
  const Lock lock(mutex_);
  input_ended_ = true;
  answered_.notify_all();  // no answer can come any more
  deadline_ = std::chrono::steady_clock::now() + options_.limits.end_grace;
  maybe_close();
}

void Connection::shut_down(std::string_view why) {
  {
    const Lock lock(mutex_);
    input_ended_ = true;
    answered_.notify_all();
    stop_all();
    maybe_close();
  }
  options_.log(LogLevel::info, why);
}

Connection::TimePoint Connection::deadline() const {
  const Lock lock(mutex_);
  return deadline_;
}

void Connection::on_time(TimePoint now) {
  const Lock lock(mutex_);
  if (now >= deadline_) {
    stop_all();
  }
}

bool Connection::crowded() const {
  const Lock lock(mutex_);
  return waiting_.size() >= options_.limits.queued && questions_.empty();
}

bool Connection::closed() const {
  const Lock lock(mutex_);
  return closed_;
}

}  // namespace mcp
