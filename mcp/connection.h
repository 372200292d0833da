// One client's connection: takes the lines that come in, decides in which era each request is
// served, has the handlers run, and sends what they answer. One lock guards all its state; it is
// held for moments only, never while a handler runs. All functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mcp/call.h"
#include "mcp/connection_state.h"
#include "mcp/protocol.h"
#include "mcp/server.h"
#include "mcp/subscriptions.h"

namespace mcp {

class Connection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `server` must outlive the connection, and it the jobs that it has run.
  Connection(Server& server, Callbacks callbacks);
  ~Connection() { server_.attach(nullptr); }

  // Nothing for a line that was too long.
  void on_line(std::optional<std::string_view> line);
  void on_end_of_input();
  // Cancels all that runs, at once; `why` is for the log.
  void shut_down(std::string_view why);
  // When on_time() has something to do.
  TimePoint deadline() const;
  void on_time(TimePoint now);
  // What was sent has been taken: large answers may go on.
  void on_room();
  // A list has changed, or, where there is a URI, the contents of that resource.
  void announce(Change change, const std::string& uri);
  // True while so many requests wait that no more are to be read, unless for a client's answer.
  bool crowded() const;
  // True when nothing is left to do, after the end of input or shut_down().
  bool closed() const;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using BatchPtr = std::shared_ptr<Batch>;

  // For messages; these throw RpcError.
  void take_in(std::string_view line);
  void on_batch(Json values) REQUIRES(state_.mutex);
  void on_message(Json value, const BatchPtr& batch) REQUIRES(state_.mutex);
  void serve(Request& request, const BatchPtr& batch) REQUIRES(state_.mutex);
  RequestInfo classify(const Request& request) const REQUIRES(state_.mutex);
  // The answer of a method that only one era has; nothing if it is none of them.
  std::optional<OrderedJson> legacy_method(const Request& request) REQUIRES(state_.mutex);
  std::optional<OrderedJson> modern_method(const Request& request) REQUIRES(state_.mutex);
  OrderedJson begin_session(Json params) REQUIRES(state_.mutex);
  RoundTripState read_round_trip_state(const Request& request, Era era) REQUIRES(state_.mutex);
  void on_notification(const Notification& notification) REQUIRES(state_.mutex);
  void reply(const BatchPtr& batch, OrderedJson message) REQUIRES(state_.mutex);
  void close_batch(const BatchPtr& batch) REQUIRES(state_.mutex);

  // For handlers.
  bool may_run(const Call& call) const REQUIRES(state_.mutex);
  void start(const CallPtr& call) REQUIRES(state_.mutex);
  void launch(const CallPtr& call) REQUIRES(state_.mutex);
  void run(Call& call);
  void answer(Call& call, OrderedJson message) REQUIRES(state_.mutex);
  void refuse(Call& call, std::string_view why) REQUIRES(state_.mutex);
  void forget(Call& call) REQUIRES(state_.mutex);
  void finish(const Call& call) REQUIRES(state_.mutex);
  bool launch_next() REQUIRES(state_.mutex);
  void cancel(const RequestId& id) REQUIRES(state_.mutex);
  void stop_all() REQUIRES(state_.mutex);
  void maybe_close() REQUIRES(state_.mutex);

  Server& server_;
  ConnectionState state_;

  Subscriptions subscriptions_ GUARDED_BY(state_.mutex);
  // Neither answered nor cancelled.
  std::map<RequestId, CallPtr> calls_ GUARDED_BY(state_.mutex);
  std::deque<CallPtr> waiting_ GUARDED_BY(state_.mutex);  // until fewer run
  // Handlers, those of cancelled requests included; of them, those with large answers.
  std::size_t running_ GUARDED_BY(state_.mutex) = 0;
  std::size_t running_large_ GUARDED_BY(state_.mutex) = 0;
  // Of the work after the end of input.
  TimePoint deadline_ GUARDED_BY(state_.mutex) = TimePoint::max();
  bool stopping_ GUARDED_BY(state_.mutex) = false;
  bool closed_ GUARDED_BY(state_.mutex) = false;
};

}  // namespace mcp
