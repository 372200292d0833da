// The part of Connection that runs handlers and serves their Context.
#include <cmath>
#include <cstdint>
#include <exception>
#include <utility>

#include <asio/post.hpp>

#include "mcp/connection.h"

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

}  // namespace

void Connection::start(CallPtr call, Job job) {
  const bool waits = running_ >= options_.limits.in_flight;
  if (stopping_ || (waits && waiting_.size() >= options_.limits.queued)) {
    answer(call->id, call->batch, call->method, call->info.era,
           tl::unexpected(
               RpcError{ErrorCode::internal_error, stopping_ ? "The server is shutting down"
                                                             : "Too many requests are waiting"}));
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
  workers_.run([this, call = std::move(call), job = std::move(job)] {
    Outcome outcome = perform(*this, call, job, options_.log);
    asio::post(loop_, [this, call, outcome = std::move(outcome)]() mutable {
      finished(call, std::move(outcome));
    });
  });
  ++running_;
}

void Connection::finished(const CallPtr& call, Outcome outcome) {
  --running_;
  if (!call->ended) {
    end(*call);
    answer(call->id, call->batch, call->method, call->info.era,
           result_of(*call, std::move(outcome)));
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
  try {
    return input_required(call, std::move(std::get<InputRequired>(outcome)));
  } catch (const std::exception& error) {
    note(LogLevel::error, std::string("requestState cannot be sealed: ") + error.what());
    return tl::unexpected(RpcError{ErrorCode::internal_error, "Internal error"});
  }
}

OrderedJson Connection::input_required(const Call& call, InputRequired asked) {
  OrderedJson requests = OrderedJson::object();
  for (InputRequest& request : asked.requests) {
    requests[request.key] = {{"method", request.method}, {"params", std::move(request.params)}};
  }
  OrderedJson result = {{"resultType", "input_required"}};
  result["inputRequests"] = std::move(requests);
  if (!asked.carried.is_null()) {
    result["requestState"] =
        request_state_.seal(call.rounds.request, asked.carried, std::chrono::system_clock::now());
  }
  return result;
}

// Nothing more is sent for the call; what it has asked the client is withdrawn.
void Connection::end(Call& call) {
  call.ended = true;
  calls_.erase(call.id);
  for (const std::int64_t question : std::exchange(call.questions, {})) {
    session_->withdraw(question);
  }
}

void Connection::on_end_of_input() {
  input_ended_ = true;
  if (session_) {
    session_->abandon();
  }
  if (running_ > 0) {
    grace_.expires_after(options_.limits.end_grace);
    grace_.async_wait([this](const asio::error_code& error) {
      if (!error) {
        stop_all();
      }
    });
  }
  maybe_close();
}

void Connection::on_client_gone() {
  note(LogLevel::info, "the client has stopped reading");
  shut_down();
}

void Connection::shut_down() {
  input_ended_ = true;
  if (session_) {
    session_->abandon();
  }
  stop_all();
  maybe_close();
}

void Connection::stop_all() {
  stopping_ = true;
  for (const Waiting& waiting : std::exchange(waiting_, {})) {
    end(*waiting.call);
    answer(waiting.call->id, waiting.call->batch, waiting.call->method, waiting.call->info.era,
           tl::unexpected(RpcError{ErrorCode::internal_error, "The server is shutting down"}));
  }
  for (const auto& [id, call] : calls_) {
    call->stop.request_stop();
  }
}

void Connection::maybe_close() {
  if (input_ended_ && running_ == 0 && closed_) {
    grace_.cancel();
    subscriptions_.close_all(methods_.server_info());
    std::exchange(closed_, nullptr)();
  }
}

void Connection::post(std::function<void()> action) {
  asio::post(loop_, std::move(action));
}

void Connection::send_progress(Call& call, double progress, std::optional<double> total,
                               const std::string& message) {
  if (call.ended || !std::isfinite(progress) || progress <= call.last_progress) {
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

void Connection::send_log(Call& call, LogLevel level, const std::string& logger,
                          const OrderedJson& data) {
  const bool modern = call.info.era == Era::modern;
  const auto least = modern ? call.info.log_level : std::optional(session_->log_level);
  if (!options_.logging || call.ended || !least || level < *least) {
    return;
  }
  OrderedJson params = {{"level", to_string(level)}};
  if (!logger.empty()) {
    params["logger"] = logger;
  }
  params["data"] = data;
  send(make_notification("notifications/message", std::move(params)), Delivery::droppable);
}

void Connection::ask(Call& call, const std::vector<InputRequest>& requests,
                     std::function<void(std::vector<Answer>)> done) {
  if (call.ended || requests.empty()) {
    done({});  // a cancelled handler does not wait any more
    return;
  }
  struct Collected {
    std::vector<Answer> answers;
    std::size_t open;
  };
  const auto collected =
      std::make_shared<Collected>(Collected{std::vector<Answer>(requests.size()), requests.size()});
  for (std::size_t i = 0; i < requests.size(); ++i) {
    call.questions.push_back(
        session_->ask(requests[i].method, requests[i].params, [collected, done, i](Answer answer) {
          collected->answers[i] = std::move(answer);
          if (--collected->open == 0) {
            done(std::move(collected->answers));
          }
        }));
  }
}

void Connection::roots(std::function<void(std::vector<std::string>)> done) {
  session_->roots(std::move(done));
}

void Connection::announce(Change change, const std::string& uri) {
  if (!closed_) {
    return;
  }
  if (!uri.empty() && options_.subscribe) {
    subscriptions_.updated(uri);
    if (session_ && session_->subscriptions.count(uri) > 0) {
      send(make_notification("notifications/resources/updated", {{"uri", uri}}));
    }
  } else if (uri.empty() && options_.list_changed) {
    subscriptions_.changed(change);
    if (session_) {
      send(make_notification(list_changed_method(change), nullptr));
    }
  }
}

void Connection::note(LogLevel level, const std::string& text) const {
  if (options_.log) {
    options_.log(level, text);
  }
}

}  // namespace mcp
