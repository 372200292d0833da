// What the requests of one connection have in common: its session, the questions to its client, and
// the way out. A connection and the handlers that it runs share it, each under its lock, which is
// held for moments only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "json/json.h"
#include "json/parse.h"
#include "locking/mutex.h"
#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/protocol.h"
#include "mcp/request_state.h"

namespace mcp {

// `droppable` is what a client can do without (progress, log messages): it is not sent while the
// client is slow to read.
enum class Delivery { required, droppable };

// What `initialize` has agreed on, and what the client has said since.
struct Session {  // NOLINT(bugprone-exception-escape): to move a Json throws nothing
  RequestInfo info;
  LogLevel log_level = LogLevel::info;
  bool roots_asked = false;
  bool roots_unanswered = false;  // the client let the time pass
  std::optional<std::vector<Root>> roots;
  std::uint64_t roots_changes = 0;  // that the client has told of
  Json params;                      // of its `initialize`, without `_meta`
};

// What a connection needs of the world. Called under its lock: must neither block nor call back.
struct Callbacks {
  std::function<void(std::string line, Delivery delivery)> send;
  std::function<void(std::function<void()> job)> run;  // soon, without the lock
  std::function<void()> changed;                       // crowded() or closed() has changed
  // Whether so much waits for the client to take it that large answers have to wait. May be
  // empty: never.
  std::function<bool()> full = {};
};

struct ConnectionState {
  // `its_options` must outlive it.
  ConnectionState(const Options& its_options, Callbacks its_callbacks)
      : options(its_options),
        callbacks(std::move(its_callbacks)),
        request_state(options.request_state_key) {}

  void send(const OrderedJson& message, Delivery delivery = Delivery::required) const
      REQUIRES(mutex) {
    callbacks.send(json::dump(message), delivery);
  }

  const Options& options;
  const Callbacks callbacks;
  SpentStates spent_states;  // has its own lock

  mutable locking::Mutex mutex;
  locking::StoppableCondition answered;
  RequestState request_state GUARDED_BY(mutex);
  std::optional<Session> session GUARDED_BY(mutex);
  std::int64_t last_question GUARDED_BY(mutex) = 0;
  // To the client, by their number.
  std::map<RequestId, std::optional<Answer>> questions GUARDED_BY(mutex);
  bool input_ended GUARDED_BY(mutex) = false;
};

}  // namespace mcp
