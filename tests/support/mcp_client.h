// An MCP client in the process of the server: lines go straight into a Connection, whose loop runs
// only when the test waits for something. No threads but the server's workers.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include "json/json.h"
#include "mcp/connection.h"
#include "mcp/server.h"
#include "mcp/transport.h"

namespace support {

// Keeps what is sent.
class FakeTransport final : public mcp::Transport {
 public:
  void start(Receiver& receiver) override;
  void send(std::string line, mcp::Delivery delivery) override;
  void close(std::chrono::milliseconds patience) override;

  std::deque<std::string> sent;
};

class McpClient {
 public:
  // `server` must outlive the client.
  explicit McpClient(mcp::Server& server);

  // Hands a line to the server, as it would arrive.
  void send_line(std::string_view line);
  void send(const Json& message);
  void send_overlong_line() { connection_.on_overlong_line(); }
  void end_input() { connection_.on_end_of_input(); }
  void vanish() { connection_.on_client_gone(); }
  void shut_down() { connection_.shut_down(); }

  // The next message from the server; waits for it. Throws std::runtime_error after 20 s.
  Json receive();
  // Sends and returns the next message that comes.
  Json exchange(const Json& message);
  // True if nothing has been sent that was not received, now that all ready work is done.
  bool silent();
  // Runs the loop until `condition` holds, at most 20 s.
  bool run_until(const std::function<bool()>& condition);
  bool closed() const { return closed_; }

  // The handshake; returns the result.
  Json initialize(std::string_view version, const Json& capabilities = Json::object());

 private:
  asio::io_context loop_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  FakeTransport transport_;
  bool closed_ = false;
  mcp::Connection connection_;
};

// A request without metadata, and a modern one that declares `capabilities`.
Json request(const Json& id, std::string_view method, const Json& params = Json::object());
Json modern(const Json& id, std::string_view method, const Json& params = Json::object(),
            const Json& capabilities = Json::object());
Json call(std::string_view tool, const Json& arguments = Json::object());
Json notification(std::string_view method, const Json& params = Json::object());

}  // namespace support
