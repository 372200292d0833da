// The part of Connection that has handlers run and sends what they answer.
#include <algorithm>
#include <exception>
#include <utility>

#include "mcp/connection.h"
#include "mcp/memory.h"
#include "mcp/request_context.h"

namespace mcp {

bool Connection::may_run(const Call& call) const {
  const std::size_t most = state_.options.limits.in_flight;
  if (call.job.large && (running_large_ >= state_.options.limits.large ||
                         (state_.callbacks.full && state_.callbacks.full()))) {
    return false;
  }
  return running_ < most - (call.job.slow ? most / 4 : 0);
}

void Connection::start(const CallPtr& call) {
  const bool waits = !may_run(*call);
  if (stopping_ ||
      (waits && waiting_.size() >= state_.options.limits.queued && !state_.questions.is_empty())) {
    throw RpcError{ErrorCode::internal_error,
                   stopping_ ? "The server is shutting down" : "Too many requests are waiting"};
  }
  const auto placed = calls_.emplace(call->request.id, call).first;
  try {
    if (waits) {
      waiting_.push_back(call);
    } else {
      launch(call);
    }
  } catch (...) {
    calls_.erase(placed);
    throw;
  }
}

// Where this throws, nothing has begun.
void Connection::launch(const CallPtr& call) {
  state_.callbacks.run([this, call] { run(*call); });
  ++running_;
  running_large_ += call->job.large ? 1 : 0;
}

// On any thread, for which it must not throw. What the call has used is free again before
// an answer for which there is no memory is tried again.
void Connection::run(Call& call) {
  try {
    std::string line = perform(state_, call);
    const locking::MutexLock lock(mutex_);
    answer(call, std::move(line));
    finish(call);
    return;
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): answered below
  }
  try_until_there_is_memory([&] {
    std::string line = json::dump(make_error(call.request.id, no_memory()));
    const locking::MutexLock lock(mutex_);
    answer(call, std::move(line));
  });
  const locking::MutexLock lock(mutex_);
  forget(call);
  finish(call);
}

// Where this throws, the call has still to be answered.
void Connection::answer(Call& call, std::string line) {
  if (!call.ended) {
    reply(call.batch, std::move(line));
    forget(call);
  }
}

// One that waits. Throws nothing.
void Connection::refuse(Call& call, std::string_view why) {
  try {
    answer(call,
           json::dump(make_error(call.request.id, {ErrorCode::internal_error, std::string(why)})));
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): nor is there memory to say so
  }
  forget(call);
}

void Connection::forget(Call& call) {
  if (!call.ended.exchange(true)) {
    calls_.erase(call.request.id);
  }
}

// A handler has ended: its place is free. Throws nothing.
void Connection::finish(const Call& call) {
  --running_;
  running_large_ -= call.job.large ? 1 : 0;
  launch_next();
  maybe_close();
}

// False if none of those that wait may run. One for which there is no memory is refused, and the
// next one tried. Throws nothing.
bool Connection::launch_next() {
  for (;;) {
    const auto found = std::ranges::find_if(
        waiting_, [this](const CallPtr& waiting) REQUIRES(mutex_) { return may_run(*waiting); });
    if (found == waiting_.end()) {
      return false;
    }
    const CallPtr next = std::move(*found);
    waiting_.erase(found);
    state_.callbacks.changed();
    try {
      launch(next);
      return true;
    } catch (const std::exception&) {
      refuse(*next, kNoMemory);
    }
  }
}

void Connection::on_room() {
  const locking::MutexLock lock(mutex_);
  while (launch_next()) {
  }
}

void Connection::cancel(const RequestId& id) {
  const auto found = calls_.find(id);
  if (subscriptions_.close(id) || found == calls_.end()) {
    return;  // or it was answered already, or never seen
  }
  const CallPtr call = found->second;
  call->ended = true;
  calls_.erase(found);
  call->stop.request_stop();
  std::erase(waiting_, call);
  maybe_close();
  close_batch(call->batch);
  state_.options.log(LogLevel::debug, call->request.method + " was cancelled by the client");
}

void Connection::stop_all() {
  stopping_ = true;
  while (!waiting_.empty()) {
    const CallPtr call = std::move(waiting_.front());
    waiting_.pop_front();
    refuse(*call, "The server is shutting down");
  }
  for (const auto& [id, call] : calls_) {
    call->stop.request_stop();
  }
}

void Connection::maybe_close() {
  if (input_ended_ && running_ == 0 && !closed_) {
    closed_ = true;
    try {
      subscriptions_.close_all();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): they end with the server
    }
    state_.callbacks.closed();
  }
}

}  // namespace mcp
