// One client's connection: takes the lines that come in, decides in which era each request is
// served, has the handlers run, and sends what they answer. One lock guards its state; it is held
// for moments only, never while a handler runs. All functions may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "locking/mutex.h"
#include "mcp/call.h"
#include "mcp/connection_state.h"
#include "mcp/protocol.h"
#include "mcp/server.h"
#include "mcp/session.h"
#include "mcp/subscriptions.h"

namespace mcp {

class Connection {
 public:
  // `server` must outlive the connection, and it the jobs that it has run.
  Connection(Server& server, Callbacks callbacks);
  ~Connection() { server_.attach(nullptr); }

  using TimePoint = std::chrono::steady_clock::time_point;
  // Nothing for a line that was too long. Lines that were read together arrived at the same time.
  void on_line(std::optional<std::string_view> line, TimePoint arrived);
  void on_end_of_input();
  // Limits::end_grace has passed since the end of input: what still runs is cancelled.
  void on_end_of_grace();
  // Cancels all that runs, at once; `why` is for the log.
  void shut_down(std::string_view why);
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
  void take_in(std::string_view line, TimePoint arrived);
  void on_batch(Json values, TimePoint arrived) REQUIRES(mutex_);
  void on_message(Json value, const BatchPtr& batch, TimePoint arrived) REQUIRES(mutex_);
  void serve(Request& request, const BatchPtr& batch, TimePoint arrived) REQUIRES(mutex_);
  RequestInfo classify(const Request& request) const REQUIRES(mutex_);
  // The answer of a method that only one era has; nothing if it is none of them.
  std::optional<OrderedJson> legacy_method(const Request& request) REQUIRES(mutex_);
  std::optional<OrderedJson> modern_method(const Request& request) REQUIRES(mutex_);
  OrderedJson begin_session(Json params) REQUIRES(mutex_);
  RoundTripState read_round_trip_state(const Request& request, Era era);
  void on_notification(const Notification& notification) REQUIRES(mutex_);
  // A reply is the JSON text of a message.
  void reply(const BatchPtr& batch, std::string line) REQUIRES(mutex_);
  void close_batch(const BatchPtr& batch) REQUIRES(mutex_);

  // For handlers.
  bool may_run(const Call& call) const REQUIRES(mutex_);
  void start(const CallPtr& call) REQUIRES(mutex_);
  void launch(const CallPtr& call) REQUIRES(mutex_);
  void run(Call& call);
  void answer(Call& call, std::string line) REQUIRES(mutex_);
  void refuse(Call& call, std::string_view why) REQUIRES(mutex_);
  void forget(Call& call) REQUIRES(mutex_);
  void finish(const Call& call) REQUIRES(mutex_);
  bool launch_next() REQUIRES(mutex_);
  void cancel(const RequestId& id) REQUIRES(mutex_);
  void stop_all() REQUIRES(mutex_);
  void maybe_close() REQUIRES(mutex_);

  Server& server_;
  ConnectionState state_;  // for any thread

  mutable locking::Mutex mutex_;
  std::shared_ptr<Session> session_ GUARDED_BY(mutex_);  // null until `initialize`
  Subscriptions subscriptions_ GUARDED_BY(mutex_);
  // Neither answered nor cancelled.
  std::map<RequestId, CallPtr> calls_ GUARDED_BY(mutex_);
  std::deque<CallPtr> waiting_ GUARDED_BY(mutex_);  // until fewer run
  // Handlers, those of cancelled requests included; of them, those with large answers.
  std::size_t running_ GUARDED_BY(mutex_) = 0;
  std::size_t running_large_ GUARDED_BY(mutex_) = 0;
  bool input_ended_ GUARDED_BY(mutex_) = false;
  bool stopping_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace mcp
