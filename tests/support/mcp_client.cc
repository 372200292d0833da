#include "tests/support/mcp_client.h"

#include <stdexcept>
#include <utility>

#include "json/parse.h"

namespace support {
namespace {

constexpr std::chrono::seconds kLongest{20};

}  // namespace

void FakeTransport::start(Receiver& /*receiver*/) {}

void FakeTransport::send(std::string line, mcp::Delivery /*delivery*/) {
  sent.push_back(std::move(line));
}

void FakeTransport::close(std::chrono::milliseconds /*patience*/) {}

McpClient::McpClient(mcp::Server& server)
    : work_(asio::make_work_guard(loop_)),
      connection_(loop_, transport_, server.options(), server, [this] { closed_ = true; }) {}

void McpClient::send_line(std::string_view line) {
  connection_.on_line(std::string(line));
}

void McpClient::send(const Json& message) {
  send_line(json::dump(message));
}

Json McpClient::receive() {
  if (!run_until([this] { return !transport_.sent.empty(); })) {
    throw std::runtime_error("the server sends nothing");
  }
  const std::string line = std::move(transport_.sent.front());
  transport_.sent.pop_front();
  return Json::parse(line);
}

Json McpClient::exchange(const Json& message) {
  send(message);
  return receive();
}

bool McpClient::silent() {
  loop_.poll();
  return transport_.sent.empty();
}

bool McpClient::run_until(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (!condition()) {
    if (loop_.run_one_until(end) == 0) {
      return condition();
    }
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
