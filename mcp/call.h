// A request that is being served by a handler.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "mcp/features.h"
#include "mcp/protocol.h"
#include "mcp/request_state.h"

namespace mcp {

// The replies to a batch, which are sent as one array when none is open (2025-03-26).
struct Batch {
  std::size_t open = 0;
  OrderedJson replies = OrderedJson::array();
};

// What a modern request brings from earlier rounds.
struct RoundTripState {
  bool possible = false;                       // a request of this method can have several
  std::string request;                         // RequestState::identify()
  std::optional<RequestState::Content> state;  // of the valid requestState that came with it
  Json answers = Json::object();               // `inputResponses`
};

// Makes the result of a method; throws RpcError.
struct Job {
  std::function<OrderedJson(Context&)> run;
  bool slow = false;   // as Tool::slow
  bool large = false;  // as ResourceProvider::large
};

struct Call {
  // Set before the handler starts, then read by its thread.
  Request request;  // its params are the job's
  RequestInfo info;
  RoundTripState round_trip;
  Job job;
  std::stop_source stop;

  // The connection's, under its lock.
  std::shared_ptr<Batch> batch;
  bool ended = false;  // answered or cancelled: nothing more may be sent for it
  double last_progress = -std::numeric_limits<double>::infinity();
};

}  // namespace mcp
