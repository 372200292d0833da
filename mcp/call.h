// A request that is being served by a handler, and the Context that the handler sees.
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
#include "mcp/server.h"

namespace mcp {

class Connection;

// The replies to a batch, which are sent as one array when none is open (2025-03-26).
struct Batch {
  std::size_t open = 0;
  OrderedJson replies = OrderedJson::array();
};

// What a modern request brings from earlier rounds.
struct Rounds {
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
  Rounds rounds;
  Job job;
  std::stop_source stop;

  // The connection's, under its lock.
  std::shared_ptr<Batch> batch;
  bool ended = false;  // answered or cancelled: nothing more may be sent for it
  double last_progress = -std::numeric_limits<double>::infinity();
};

// Runs the call's job to its end on this thread, and returns the message that answers it. Throws
// std::bad_alloc where there is no memory for that message.
OrderedJson perform(Connection& connection, const Options& options, Call& call);

// What answers a call for which there is no memory.
inline constexpr std::string_view kNoMemory = "Not enough memory for this request";
RpcError no_memory();

// Is a client's answer of the shape that the method prescribes? `incomplete`: it lacks a required
// field, which can be asked for again.
enum class AnswerCheck { good, wrong, incomplete };
AnswerCheck check_answer(const InputRequest& request, const Json& answer);

// The roots of a good answer to `roots/list`, which may be none.
std::vector<Root> roots_in(const Json& answer);

}  // namespace mcp
