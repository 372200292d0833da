// A request that is being served by a handler.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <variant>

#include "json/json.h"
#include "mcp/features.h"
#include "mcp/protocol.h"
#include "mcp/request_state.h"
#include "mcp/session.h"

namespace mcp {

// The replies to a batch, which are sent as one array when none is open (2025-03-26).
struct Batch {
  std::size_t open = 0;
  std::string replies;  // their JSON texts; a comma stands before each
};

// What a modern request brings from earlier rounds.
struct RoundTripState {
  bool possible = false;                       // a request of this method can have several
  std::string request;                         // RequestState::identify()
  std::optional<RequestState::Content> state;  // of the valid requestState that came with it
  Json answers = Json::object();               // `inputResponses`
};

using MethodResult = std::variant<OrderedJson, RenderedResult>;

// Makes the result of a method; throws RpcError.
struct Job {
  std::function<MethodResult(Context&)> run;
  bool slow = false;   // as Tool::slow
  bool large = false;  // as ResourceProvider::large
};

struct Call {
  // Set before the handler starts, then read by its thread.
  Request request;  // its params are the job's
  RequestInfo info;
  std::chrono::steady_clock::time_point arrived;
  RoundTripState round_trip;
  Job job;
  std::shared_ptr<Session> session;  // null in 2026-07-28
  std::stop_source stop;

  std::shared_ptr<Batch> batch;  // the connection's, under its lock
  // Answered or cancelled: nothing more may be sent for it. Set under the connection's lock.
  std::atomic<bool> ended = false;
};

}  // namespace mcp
