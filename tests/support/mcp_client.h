// An MCP client in the process of the server: lines go straight into a Connection, and what it
// sends is kept until the test receives it. No pipes and no sleeps; each handler runs on a thread
// of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "json/json.h"
#include "mcp/connection.h"
#include "mcp/server.h"

namespace support {

class McpClient {
 public:
  // `server` must outlive the client.
  explicit McpClient(mcp::Server& server);
  // Waits for handlers that still run.
  ~McpClient();
  McpClient(const McpClient&) = delete;
  McpClient& operator=(const McpClient&) = delete;

  // Hands a line to the server, as it would arrive.
  void send_line(std::optional<std::string_view> line) {
    connection_.on_line(line, std::chrono::steady_clock::now());
  }
  void send(const Json& message);
  void send_overlong_line() { send_line(std::nullopt); }
  void end_input();
  void vanish() { connection_.shut_down("the client is gone"); }
  void shut_down() { connection_.shut_down("a signal"); }

  // The next message from the server; waits for it. Throws std::runtime_error after 20 s.
  Json receive();
  // Sends and returns the next message that comes.
  Json exchange(const Json& message);
  // True if nothing has been sent that was not received.
  bool silent();
  // Waits until the server has nothing left to do; false after 20 s.
  bool wait_until_closed();
  bool closed() const { return connection_.closed(); }
  bool crowded() const { return connection_.crowded(); }

  // The handshake; returns the result.
  Json initialize(std::string_view version, const Json& capabilities = Json::object());

 private:
  bool wait_until(const std::function<bool()>& condition);

  const std::chrono::milliseconds grace_;  // of the work after the end of input
  std::optional<std::chrono::steady_clock::time_point> grace_ends_;
  std::mutex mutex_;  // guards what is sent, and the threads
  std::condition_variable changed_;
  std::deque<std::string> sent_;
  std::vector<std::thread> threads_;
  mcp::Connection connection_;
};

// A request without metadata, and a modern one that declares `capabilities`.
Json request(const Json& id, std::string_view method, const Json& params = Json::object());
Json modern(const Json& id, std::string_view method, const Json& params = Json::object(),
            const Json& capabilities = Json::object());
Json call(std::string_view tool, const Json& arguments = Json::object());
Json notification(std::string_view method, const Json& params = Json::object());

}  // namespace support
