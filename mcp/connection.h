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
  using Lock = ConnectionState::Lock;

  // For messages; these throw RpcError.
  void take_in(std::string_view line);
  void on_batch(Json values);
  void on_message(Json value, const BatchPtr& batch);
  void serve(Request& request, const BatchPtr& batch);
  RequestInfo classify(const Request& request) const;
  // The answer of a method that only one era has; nothing if it is none of them.
  std::optional<OrderedJson> legacy_method(const Request& request);
  std::optional<OrderedJson> modern_method(const Request& request);
  OrderedJson begin_session(Json params);
  RoundTripState read_round_trip_state(const Request& request, Era era);
  void on_notification(const Notification& notification);
  void reply(const BatchPtr& batch, OrderedJson message);
  void close_batch(const BatchPtr& batch);

  // For handlers.
  bool may_run(const Call& call) const;
  void start(const CallPtr& call);
  void launch(const CallPtr& call);
  void run(Call& call);
  void answer(Call& call, OrderedJson message);
  void refuse(Call& call, std::string_view why);
  void forget(Call& call);
  void finish(const Call& call);
  bool launch_next();
  void cancel(const RequestId& id);
  void stop_all();
  void maybe_close();

  Server& server_;
  ConnectionState state_;

  // Guarded by the state's lock.
  Subscriptions subscriptions_;
  std::map<RequestId, CallPtr> calls_;     // neither answered nor cancelled
  std::deque<CallPtr> waiting_;            // until fewer run
  std::size_t running_ = 0;                // handlers, those of cancelled requests included
  std::size_t running_large_ = 0;          // of them, those with large answers
  TimePoint deadline_ = TimePoint::max();  // of the work after the end of input
  bool stopping_ = false;
  bool closed_ = false;
};

}  // namespace mcp
