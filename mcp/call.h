// A request that is being served by a handler, and the Context that the handler sees.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "json/json.h"
#include "mcp/era.h"
#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/protocol.h"

namespace mcp {

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

  // The loop's own.
  std::shared_ptr<Batch> batch;
  bool ended = false;  // answered or cancelled: nothing more may be sent for it
  double last_progress = -std::numeric_limits<double>::infinity();
  std::vector<std::int64_t> questions;  // requests to a legacy client that are open
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

// An answer of a legacy client; the error is in words.
using Answer = tl::expected<Json, std::string>;

// What a Context needs of the connection. All but post() only on the loop's thread.
class CallHost {
 public:
  virtual ~CallHost() = default;
  // Runs `action` on the loop's thread, in the order of the calls. From any thread.
  virtual void post(std::function<void()> action) = 0;
  virtual void send_progress(Call& call, double progress, std::optional<double> total,
                             const std::string& message) = 0;
  virtual void send_log(Call& call, LogLevel level, const std::string& logger,
                        const OrderedJson& data) = 0;
  // `done` gets an answer for each request, unless the call is cancelled first.
  virtual void ask(Call& call, const std::vector<InputRequest>& requests,
                   std::function<void(std::vector<Answer>)> done) = 0;
  virtual void roots(std::function<void(std::vector<std::string>)> done) = 0;
};

// Runs `job` to its end on this thread; never throws.
Outcome perform(CallHost& host, const std::shared_ptr<Call>& call, const Job& job,
                const Logger& log);

}  // namespace mcp
