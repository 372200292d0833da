#include "tests/support/mcp_client.h"

#include <stdexcept>
#include <utility>

#include "json/parse.h"

namespace support {
namespace {

constexpr std::chrono::seconds kLongest{20};

}  // namespace

McpClient::McpClient(mcp::Server& server)
    : grace_(server.options().limits.end_grace),
      connection_(server, {[this](std::string line, mcp::Delivery) {
                             const std::lock_guard lock(mutex_);
                             sent_.push_back(std::move(line));
                             changed_.notify_all();
                           },
                           [this](std::function<void()> job) {
                             const std::lock_guard lock(mutex_);
                             threads_.emplace_back(std::move(job));
                           },
                           [this] { changed_.notify_all(); }, [this] { changed_.notify_all(); }}) {}

void McpClient::end_input() {
  connection_.on_end_of_input();
  grace_ends_ = std::chrono::steady_clock::now() + grace_;
}

McpClient::~McpClient() {
  connection_.shut_down("the test is over");
  // Only a job adds another one, and before it ends.
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    threads_[i].join();
  }
}

void McpClient::send(const Json& message) {
  send_line(json::dump(message));
}

Json McpClient::receive() {
  if (!wait_until([this] { return !silent(); })) {
    throw std::runtime_error("the server sends nothing");
  }
  const std::lock_guard lock(mutex_);
  const std::string line = std::move(sent_.front());
  sent_.pop_front();
  return Json::parse(line);
}

Json McpClient::exchange(const Json& message) {
  send(message);
  return receive();
}

bool McpClient::silent() {
  const std::lock_guard lock(mutex_);
  return sent_.empty();
}

bool McpClient::wait_until_closed() {
  return wait_until([this] { return closed(); });
}

// Plays the clock of the server, too. What changes just before the wait is seen at its end.
bool McpClient::wait_until(const std::function<bool()>& condition) {
  constexpr std::chrono::milliseconds kPause{10};
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (!condition()) {
    const auto now = std::chrono::steady_clock::now();
    if (now > end) {
      return false;
    }
    if (grace_ends_ && now >= *grace_ends_) {
      connection_.on_end_of_grace();
    }
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPause, [this] { return !sent_.empty(); });
  }
  return true;
}

Json McpClient::initialize(std::string_view version, const Json& capabilities) {
  const Json params = {{"protocolVersion", version},
                       {"capabilities", capabilities},
                       {"clientInfo", {{"name", "test"}, {"version", "1"}}}};
  return exchange(request("init", "initialize", params))["result"];
}

Json request(const Json& id, std::string_view method, const Json& params) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}};
}

Json modern(const Json& id, std::string_view method, const Json& params, const Json& capabilities) {
  Json message = request(id, method, params);
  Json& meta = message["params"]["_meta"];
  meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
  meta["io.modelcontextprotocol/clientCapabilities"] = capabilities;
  return message;
}

Json call(std::string_view tool, const Json& arguments) {
  return {{"name", tool}, {"arguments", arguments}};
}

Json notification(std::string_view method, const Json& params) {
  return {{"jsonrpc", "2.0"}, {"method", method}, {"params", params}};
}

}  // namespace support
