// One client's connection: takes the lines that a transport delivers, decides in which era each
// request is served, runs the handlers and sends what they answer. Everything here happens on the
// loop's thread, so there are no locks; handlers run on worker threads and come back by post().
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "json/json.h"
#include "mcp/call.h"
#include "mcp/message.h"
#include "mcp/methods.h"
#include "mcp/options.h"
#include "mcp/registry.h"
#include "mcp/request_state.h"
#include "mcp/session.h"
#include "mcp/subscriptions.h"
#include "mcp/transport.h"
#include "mcp/workers.h"

namespace mcp {

class Connection final : public Transport::Receiver, private CallHost {
 public:
  // All references must outlive the connection, and it the transport's use of it as receiver.
  // `closed` is called once, when nothing is left to do: after the end of input or shut_down().
  Connection(asio::io_context& loop, Transport& transport, const Options& options,
             Registry& registry, std::function<void()> closed);
  // Waits for handlers that still run.
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Cancels all that runs, at once.
  void shut_down();

  void on_line(std::string line) override;
  void on_overlong_line() override;
  void on_end_of_input() override;
  void on_client_gone() override;

 private:
  using CallPtr = std::shared_ptr<Call>;
  using BatchPtr = std::shared_ptr<Batch>;
  struct Waiting {
    CallPtr call;
    Job job;
  };

  // Messages: connection.cc.
  void on_batch(Json values);
  void on_message(Json value, const BatchPtr& batch);
  void on_request(Request request, const BatchPtr& batch);
  void on_notification(const Notification& notification);
  Result<RequestInfo> classify(const Request& request) const;
  Result<OrderedJson> initialize(const Request& request);
  // The answer of a method that only one era has; nothing if it is none of them.
  std::optional<Result<OrderedJson>> legacy_method(const Request& request);
  std::optional<Result<OrderedJson>> modern_method(const Request& request);
  Result<Rounds> read_rounds(const Request& request, const RequestInfo& info);
  void cancel(const RequestId& id);
  void send(const OrderedJson& message, Delivery delivery = Delivery::required);
  void reply(const BatchPtr& batch, OrderedJson message);
  void answer(const RequestId& id, const BatchPtr& batch, std::string_view method, Era era,
              Result<OrderedJson> result);
  void close_batch(const BatchPtr& batch);

  // Handlers: connection_calls.cc.
  void start(CallPtr call, Job job);
  void launch(CallPtr call, Job job);
  void finished(const CallPtr& call, Outcome outcome);
  Result<OrderedJson> result_of(const Call& call, Outcome outcome);
  OrderedJson input_required(const Call& call, InputRequired asked);
  void end(Call& call);
  void stop_all();
  void maybe_close();
  void announce(Change change, const std::string& uri);
  void post(std::function<void()> action) override;
  void send_progress(Call& call, double progress, std::optional<double> total,
                     const std::string& message) override;
  void send_log(Call& call, LogLevel level, const std::string& logger,
                const OrderedJson& data) override;
  void ask(Call& call, const std::vector<InputRequest>& requests,
           std::function<void(std::vector<Answer>)> done) override;
  void roots(std::function<void(std::vector<std::string>)> done) override;
  void note(LogLevel level, const std::string& text) const;

  asio::io_context& loop_;
  Transport& transport_;
  const Options& options_;
  Registry& registry_;
  std::function<void()> closed_;
  Methods methods_;
  RequestState request_state_;
  Subscriptions subscriptions_;
  std::optional<Session> session_;
  std::map<RequestId, CallPtr> calls_;  // neither answered nor cancelled
  std::deque<Waiting> waiting_;         // for a worker
  std::size_t running_ = 0;             // handlers, those of cancelled requests included
  bool input_ended_ = false;
  bool stopping_ = false;
  asio::steady_timer grace_;
  Workers workers_;
};

}  // namespace mcp
