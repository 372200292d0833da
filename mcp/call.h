// A request that is being served by a handler, and the Context that the handler sees.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "json/json.h"
#include "mcp/era.h"
#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/protocol.h"

namespace mcp {

class Connection;

// The replies to a batch, which are sent as one array when none is open (2025-03-26).
struct Batch {
  std::size_t open = 0;
  OrderedJson replies = OrderedJson::array();
};

// What a modern request brings from earlier rounds.
struct Rounds {
  std::string request;            // RequestState::identify()
  bool asked = false;             // a valid requestState came with it
  Json earlier = Json::object();  // answers that were under its seal
  Json answers = Json::object();  // `inputResponses`
};

struct Call {
  // Set before the handler starts, then read by its thread.
  RequestId id;
  std::string method;
  RequestInfo info;
  Rounds rounds;
  std::stop_source stop;

  // The connection's, under its lock.
  std::shared_ptr<Batch> batch;
  bool ended = false;  // answered or cancelled: nothing more may be sent for it
  double last_progress = -std::numeric_limits<double>::infinity();
};

// The handler has asked a modern client. `carried` are the answers so far, to be sealed, or null
// where no requestState is needed.
struct InputRequired {
  std::vector<InputRequest> requests;
  Json carried;
};

// How a handler ended.
using Outcome = std::variant<OrderedJson, RpcError, InputRequired>;
// The result of a method, made by a handler.
using Job = std::function<Result<OrderedJson>(Context&)>;

// Runs `job` to its end on this thread; never throws.
Outcome perform(Connection& connection, Call& call, const Job& job, const Logger& log);

}  // namespace mcp
