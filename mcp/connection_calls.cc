// The part of Connection that runs handlers and serves their Context.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <utility>

#include "mcp/connection.h"
#include "mcp/input.h"

namespace mcp {
namespace {

// A number as people write it: 50, not 50.0.
OrderedJson number(double value) {
  constexpr double kMostExact = 9007199254740992.0;
  if (std::trunc(value) == value && std::abs(value) <= kMostExact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

std::vector<std::string> uris_of(const InputRequest& request, const Answer& answer) {
  std::vector<std::string> uris;
  if (answer && check_answer(request, *answer) == AnswerCheck::good) {
    for (const Json& root : answer->at("roots")) {
      uris.push_back(root.at("uri").get<std::string>());
    }
  }
  return uris;
}

}  // namespace

void Connection::start(CallPtr call, Job job) {
  const bool waits = running_ >= options_.limits.in_flight;
  if (stopping_ || (waits && waiting_.size() >= options_.limits.queued)) {
    answer(*call, failure(ErrorCode::internal_error, stopping_ ? "The server is shutting down"
                                                               : "Too many requests are waiting"));
    return;
  }
  calls_.emplace(call->id, call);
  if (waits) {
    waiting_.push_back({std::move(call), std::move(job)});
  } else {
    launch(std::move(call), std::move(job));
  }
}

void Connection::launch(CallPtr call, Job job) {
  ++running_;
  outside_.run([this, call = std::move(call), job = std::move(job)] {
    Outcome outcome = perform(*this, *call, job, options_.log);
    const Lock lock(mutex_);
    finish(*call, std::move(outcome));
  });
}

void Connection::finish(Call& call, Outcome outcome) {
  --running_;
  if (!std::exchange(call.ended, true)) {
    calls_.erase(call.id);
    answer(call, result_of(call, std::move(outcome)));
  }
  if (!waiting_.empty()) {
    Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    launch(std::move(next.call), std::move(next.job));
  }
  maybe_close();
}

Result<OrderedJson> Connection::result_of(const Call& call, Outcome outcome) {
  if (auto* error = std::get_if<RpcError>(&outcome)) {
    return tl::unexpected(std::move(*error));
  }
  if (auto* result = std::get_if<OrderedJson>(&outcome)) {
    return std::move(*result);
  }
  auto& [asked, carried] = std::get<InputRequired>(outcome);
  OrderedJson requests = OrderedJson::object();
  for (InputRequest& request : asked) {
    requests[request.key] = {{"method", request.method}, {"params", std::move(request.params)}};
  }
  OrderedJson result = {{"resultType", "input_required"}};
  result["inputRequests"] = std::move(requests);
  try {
    if (!carried.is_null()) {
      result["requestState"] =
          request_state_.seal(call.rounds.request, carried, std::chrono::system_clock::now());
    }
  } catch (const std::exception& error) {
    note(LogLevel::error, std::string("requestState cannot be sealed: ") + error.what());
    return failure(ErrorCode::internal_error, "Internal error");
  }
  return result;
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
  call->ended = true;
  calls_.erase(found);
  call->stop.request_stop();
  std::erase_if(waiting_, [&](const Waiting& waiting) { return waiting.call == call; });
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

void Connection::on_client_gone() {
  note(LogLevel::info, "the client has stopped reading");
  shut_down();
}

void Connection::shut_down() {
  const Lock lock(mutex_);
  input_ended_ = true;
  answered_.notify_all();
  stop_all();
  maybe_close();
}

std::optional<Connection::TimePoint> Connection::deadline() const {
  const Lock lock(mutex_);
  return deadline_;
}

void Connection::on_time(TimePoint now) {
  const Lock lock(mutex_);
  if (deadline_ && now >= *deadline_) {
    stop_all();
  }
}

bool Connection::closed() const {
  const Lock lock(mutex_);
  return closed_;
}

void Connection::stop_all() {
  stopping_ = true;
  deadline_.reset();
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    waiting.call->ended = true;
    calls_.erase(waiting.call->id);
    answer(*waiting.call, failure(ErrorCode::internal_error, "The server is shutting down"));
  }
  for (const auto& [id, call] : calls_) {
    call->stop.request_stop();
  }
}

void Connection::maybe_close() {
  if (input_ended_ && running_ == 0 && !closed_) {
    closed_ = true;
    deadline_.reset();
    subscriptions_.close_all();
    outside_.closed();
  }
}

void Connection::send_progress(Call& call, double progress, std::optional<double> total,
                               std::string_view message) {
  const Lock lock(mutex_);
  if (!call.info.progress_token || call.ended || !std::isfinite(progress) ||
      progress <= call.last_progress) {
    return;
  }
  call.last_progress = progress;
  OrderedJson params = {{"progressToken", to_json(*call.info.progress_token)},
                        {"progress", number(progress)}};
  if (total && std::isfinite(*total)) {
    params["total"] = number(*total);
  }
  if (!message.empty() && call.info.version != kVersion2024) {
    params["message"] = message;
  }
  send(make_notification("notifications/progress", std::move(params)), Delivery::droppable);
}

void Connection::send_log(const Call& call, LogLevel level, std::string_view logger,
                          OrderedJson data) {
  const Lock lock(mutex_);
  const bool modern = call.info.era == Era::modern;
  const auto least = modern ? call.info.log_level : std::optional(session_->log_level);
  if (!options_.logging || call.ended || !least || level < *least) {
    return;
  }
  OrderedJson params = {{"level", to_string(level)}};
  if (!logger.empty()) {
    params["logger"] = logger;
  }
  params["data"] = std::move(data);
  send(make_notification("notifications/message", std::move(params)), Delivery::droppable);
}

std::vector<Answer> Connection::ask(const Call& call, const std::vector<InputRequest>& requests) {
  Lock lock(mutex_);
  return ask(lock, call, requests, std::nullopt);
}

std::vector<Answer> Connection::ask(Lock& lock, const Call& call,
                                    const std::vector<InputRequest>& requests,
                                    std::optional<std::chrono::milliseconds> patience) {
  const bool asks = !input_ended_ && !call.ended;
  const std::int64_t first = last_question_ + 1;
  for (const InputRequest& request : requests) {
    questions_.emplace(++last_question_, std::nullopt);
    if (asks) {
      send(make_request(last_question_, request.method, request.params));
    }
  }
  const std::int64_t end = last_question_ + 1;
  const auto all_answered = [&] {
    return input_ended_ ||
           std::all_of(questions_.find(first), questions_.upper_bound(end - 1),
                       [](const auto& question) { return question.second.has_value(); });
  };
  const std::stop_token stop = call.stop.get_token();
  if (patience) {
    answered_.wait_for(lock, stop, *patience, all_answered);
  } else {
    answered_.wait(lock, stop, all_answered);
  }
  std::vector<Answer> answers;
  for (std::int64_t number = first; number < end; ++number) {
    auto answer = std::move(questions_.extract(number).mapped());
    if (!answer && asks && !input_ended_) {  // it need not be answered any more
      send(make_notification("notifications/cancelled", {{"requestId", number}}));
    }
    answers.push_back(answer ? std::move(*answer)
                             : tl::unexpected(std::string("the client has gone")));
  }
  return answers;
}

std::vector<std::string> Connection::roots(const Call& call) {
  Lock lock(mutex_);
  const std::stop_token stop = call.stop.get_token();
  while (!session_->roots && !stop.stop_requested()) {
    if (session_->roots_asked) {
      answered_.wait(lock, stop, [this] { return !session_->roots_asked; });
      continue;
    }
    const InputRequest question = {"", "roots/list", OrderedJson::object()};
    session_->roots_asked = true;
    const auto answers = ask(lock, call, {question}, options_.limits.roots_answer);
    session_->roots_asked = false;
    if (!stop.stop_requested()) {
      session_->roots = uris_of(question, answers.front());
    }
    answered_.notify_all();
  }
  return session_->roots.value_or(std::vector<std::string>{});
}

void Connection::note(LogLevel level, const std::string& text) const {
  if (options_.log) {
    options_.log(level, text);
  }
}

}  // namespace mcp
