#include "mcp/connection.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "json/parse.h"
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

void Connection::on_line(std::optional<std::string_view> line) {
  try {
    if (!line) {
      throw invalid_request("a line is longer than " + std::to_string(options_.limits.line_bytes) +
                            " bytes");
    }
    // Blank lines are no messages and no errors: some clients write them.
    if (line->find_first_not_of(" \t\r") == line->npos) {
      return;
    }
    Json value = parse_line(*line);
    const Lock lock(mutex_);
    if (value.is_array()) {
      on_batch(std::move(value));
    } else {
      on_message(std::move(value), nullptr);
    }
  } catch (const RpcError& error) {
    options_.log(LogLevel::debug, error.message);  // standard error, left unread, must not fill up
    const Lock lock(mutex_);
    send(make_error(std::nullopt, error));
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

// The order of the checks is the specification's: era and its metadata, the method, then params.
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

OrderedJson Connection::begin_session(const Json& params) {
  if (session_) {
    throw invalid_request("the session is initialized already");
  }
  const std::string& wanted = required_string(params, "protocolVersion");
  auto capabilities = std::make_shared<const Json>(params.value("capabilities", Json::object()));
  require(capabilities->is_object(), "`capabilities` is no object");
  const auto* const found = std::find(kLegacyVersions.begin(), kLegacyVersions.end(), wanted);
  session_.emplace();
  session_->info.version = found != kLegacyVersions.end() ? *found : kLegacyVersions.front();
  session_->info.capabilities = std::move(capabilities);
  subscriptions_.open_session();
  return introduction(options_, *server_.features(), session_->info.version);
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
  rounds.request = RequestState::identify(request.method, request.params);
  if (const Json* state = member(request.params, "requestState")) {
    rounds.earlier = request_state_.open(rounds.request, *state, std::chrono::system_clock::now());
    rounds.asked = true;
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
    close_batch(batch);
  }
}

void Connection::close_batch(const BatchPtr& batch) {
  if (batch != nullptr && --batch->open == 0 && !batch->replies.empty()) {
    send(batch->replies);
  }
}

bool Connection::may_run(const Call& call) const {
  const std::size_t most = options_.limits.in_flight;
  if (call.job.large &&
      (running_large_ >= options_.limits.large || (outside_.full && outside_.full()))) {
    return false;
  }
  return running_ < most - (call.job.slow ? most / 4 : 0);
}

void Connection::start(const CallPtr& call) {
  const bool waits = !may_run(*call);
  if (stopping_ || (waits && waiting_.size() >= options_.limits.queued && !questions_.empty())) {
    throw RpcError{ErrorCode::internal_error,
                   stopping_ ? "The server is shutting down" : "Too many requests are waiting"};
  }
  calls_.emplace(call->request.id, call);
  if (waits) {
    waiting_.push_back(call);
  } else {
    launch(call);
  }
}

void Connection::launch(const CallPtr& call) {
  ++running_;
  running_large_ += call->job.large ? 1 : 0;
  outside_.run([this, call] {
    OrderedJson message = perform(*this, options_, *call);
    const Lock lock(mutex_);
    finish(*call, std::move(message));
  });
}

void Connection::finish(Call& call, OrderedJson message) {
  --running_;
  running_large_ -= call.job.large ? 1 : 0;
  if (!std::exchange(call.ended, true)) {
    calls_.erase(call.request.id);
    reply(call.batch, std::move(message));
  }
  launch_next();
  maybe_close();
}

bool Connection::launch_next() {
  const auto found =
      std::ranges::find_if(waiting_, [this](const CallPtr& waiting) { return may_run(*waiting); });
  if (found == waiting_.end()) {
    return false;
  }
  const CallPtr next = std::move(*found);
  waiting_.erase(found);
  launch(next);
  outside_.changed();
  return true;
}

void Connection::on_room() {
  const Lock lock(mutex_);
  while (launch_next()) {
  }
}

void Connection::cancel(const RequestId& id) {
  const auto found = calls_.find(id);
  if (subscriptions_.close(id) || found == calls_.end()) {
    return;  // or it was answered already, or never seen
  }
  const CallPtr call = found->second;
  options_.log(LogLevel::debug, call->request.method + " was cancelled by the client");
  call->ended = true;
  calls_.erase(found);
  call->stop.request_stop();
  std::erase(waiting_, call);
  close_batch(call->batch);
  maybe_close();
}

void Connection::on_end_of_input() {
  const Lock lock(mutex_);
  input_ended_ = true;
  answered_.notify_all();  // no answer can come any more
  deadline_ = std::chrono::steady_clock::now() + options_.limits.end_grace;
  maybe_close();
}

void Connection::shut_down(std::string_view why) {
  options_.log(LogLevel::info, why);
  const Lock lock(mutex_);
  input_ended_ = true;
  answered_.notify_all();
  stop_all();
  maybe_close();
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

void Connection::stop_all() {
  stopping_ = true;
  deadline_ = TimePoint::max();
  for (const CallPtr& call : std::exchange(waiting_, {})) {
    call->ended = true;
    calls_.erase(call->request.id);
    reply(call->batch,
          make_error(call->request.id, {ErrorCode::internal_error, "The server is shutting down"}));
  }
  for (const auto& [id, call] : calls_) {
    call->stop.request_stop();
  }
}

void Connection::maybe_close() {
  if (input_ended_ && running_ == 0 && !closed_) {
    closed_ = true;
    subscriptions_.close_all();
    outside_.changed();
  }
}

}  // namespace mcp
