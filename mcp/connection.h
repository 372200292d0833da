// One client's connection: takes the lines that come in, decides in which era each request is
// served, has the handlers run, and sends what they answer. One lock guards all its state; it is
// held for moments only, never while a handler runs. All functions may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "mcp/call.h"
#include "mcp/message.h"
#include "mcp/options.h"
#include "mcp/request_state.h"
#include "mcp/server.h"
#include "mcp/subscriptions.h"

namespace mcp {

// `droppable` is what a client can do without (progress, log messages): it is not sent while the
// client is slow to read.
enum class Delivery { required, droppable };

// An answer of a legacy client; the error is in words.
using Answer = tl::expected<Json, std::string>;

class Connection {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // What a connection needs of the world. Called under its lock: must neither block nor call back.
  struct Outside {
    std::function<void(std::string line, Delivery delivery)> send;
    std::function<void(std::function<void()> job)> run;  // soon, without the lock
    std::function<void()> closed;                        // closed() has become true
  };

  // `server` must outlive the connection, and it the jobs that it has run.
  Connection(Server& server, Outside outside);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void on_line(std::string_view line);
  void on_overlong_line();
  void on_end_of_input();
  // Nobody reads any more.
  void on_client_gone();
  // Cancels all that runs, at once.
  void shut_down();
  // When on_time() has something to do, if ever.
  std::optional<TimePoint> deadline() const;
  void on_time(TimePoint now);
  // True when nothing is left to do, after the end of input or shut_down().
  bool closed() const;

  // For the Context of a call, on its handler's thread.
  void send_progress(Call& call, double progress, std::optional<double> total,
                     std::string_view message);
  void send_log(const Call& call, LogLevel level, std::string_view logger, OrderedJson data);
  // One answer for each request; waits for them.
  std::vector<Answer> ask(const Call& call, const std::vector<InputRequest>& requests);
  // The URIs of the client's roots, asked for once, until it says that they have changed. A client
  // that does not answer in time has none.
  std::vector<std::string> roots(const Call& call);

 private:
  using CallPtr = std::shared_ptr<Call>;
  using BatchPtr = std::shared_ptr<Batch>;
  using Lock = std::unique_lock<std::mutex>;
  struct Waiting {
    CallPtr call;
    Job job;
  };
  // What `initialize` has agreed on, and what the client has said since.
  struct Session {
    std::string_view version;
    std::shared_ptr<const Json> capabilities;
    LogLevel log_level = LogLevel::info;
    std::optional<std::vector<std::string>> roots;
    bool roots_asked = false;
  };

  // Messages: connection.cc.
  void on_batch(Json values);
  void on_message(Json value, const BatchPtr& batch);
  void on_request(Request request, const BatchPtr& batch);
  void begin(Request request, const RequestInfo& info, const BatchPtr& batch);
  void on_notification(const Notification& notification);
  void on_response(Response response);
  Result<RequestInfo> classify(const Request& request) const;
  Result<OrderedJson> initialize(const Request& request);
  // The answer of a method that only one era has; nothing if it is none of them.
  std::optional<Result<OrderedJson>> legacy_method(const Request& request);
  std::optional<Result<OrderedJson>> modern_method(const Request& request);
  Result<Rounds> read_rounds(const Request& request, const RequestInfo& info);
  void send(const OrderedJson& message, Delivery delivery = Delivery::required);
  void reply(const BatchPtr& batch, OrderedJson message);
  void answer(const RequestId& id, const BatchPtr& batch, std::string_view method, Era era,
              Result<OrderedJson> result);
  void answer(const Call& call, Result<OrderedJson> result);
  void close_batch(const BatchPtr& batch);

  // Handlers: connection_calls.cc.
  void start(CallPtr call, Job job);
  void launch(CallPtr call, Job job);
  void finish(Call& call, Outcome outcome);
  Result<OrderedJson> result_of(const Call& call, Outcome outcome);
  void cancel(const RequestId& id);
  void stop_all();
  void maybe_close();
  std::vector<Answer> ask(Lock& lock, const Call& call, const std::vector<InputRequest>& requests,
                          std::optional<std::chrono::milliseconds> patience);
  void note(LogLevel level, const std::string& text) const;

  Server& server_;
  const Options& options_;
  const Outside outside_;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable_any answered_;
  RequestState request_state_;
  Subscriptions subscriptions_;
  std::optional<Session> session_;
  std::map<RequestId, CallPtr> calls_;  // neither answered nor cancelled
  std::deque<Waiting> waiting_;         // until fewer run
  std::size_t running_ = 0;             // handlers, those of cancelled requests included
  std::int64_t last_question_ = 0;
  std::map<std::int64_t, std::optional<Answer>> questions_;  // to the client, by their number
  std::optional<TimePoint> deadline_;                        // of the work after the end of input
  bool input_ended_ = false;
  bool stopping_ = false;
  bool closed_ = false;
};

}  // namespace mcp
