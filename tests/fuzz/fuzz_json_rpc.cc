// Reads any bytes as the lines of a client: as many messages as there are lines, each of which says
// the same once it is written and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "json/parse.h"
#include "mcp/input.h"
#include "mcp/protocol.h"
#include "tests/fuzz/require.h"

namespace {

constexpr std::size_t kMaxInLine = 256;

mcp::Message reread(const OrderedJson& written) {
  std::optional<mcp::RequestId> id;
  return mcp::read_message(mcp::parse_line(json::dump(written)), id);
}

void check(const mcp::Request& read) {
  OrderedJson written = mcp::make_notification(read.method, read.params);
  written["id"] = mcp::to_json(read.id);
  const auto again = reread(written);
  const auto* request = std::get_if<mcp::Request>(&again);
  fuzz::require(request != nullptr && request->id == read.id && request->method == read.method &&
                    request->params == read.params,
                "a request is another one when read again");
}

void check(const mcp::Notification& read) {
  const auto again = reread(mcp::make_notification(read.method, read.params));
  const auto* notification = std::get_if<mcp::Notification>(&again);
  fuzz::require(notification != nullptr && notification->method == read.method &&
                    notification->params == read.params,
                "a notification is another one when read again");
}

void check(const mcp::Response& read) {
  if (!read.result) {
    return;
  }
  const auto again =
      reread({{"jsonrpc", "2.0"}, {"id", mcp::to_json(read.id)}, {"result", *read.result}});
  const auto* response = std::get_if<mcp::Response>(&again);
  fuzz::require(response != nullptr && response->id == read.id && response->result &&
                    *response->result == *read.result,
                "a response is another one when read again");
}

void check(const std::optional<mcp::RequestId>& id, const mcp::RpcError& error) {
  fuzz::require(!error.message.empty(), "an error that says nothing");
  json::dump(mcp::make_error(id, error));
}

std::size_t depth_of(const Json& value) {
  std::size_t deepest = 0;
  for (const Json& inner : value) {
    deepest = std::max(deepest, inner.is_structured() ? depth_of(inner) : 0);
  }
  return value.is_structured() ? deepest + 1 : 0;
}

void check_line(std::string_view line) {
  fuzz::require(line.size() <= kMaxInLine && line.find('\n') == std::string_view::npos,
                "a line that is too long or more than one");
  std::optional<mcp::RequestId> id;
  try {
    Json value = mcp::parse_line(line);
    fuzz::require(depth_of(value) <= json::kMaxDepth, "a value that nests too deep was built");
    if (!value.is_array()) {
      std::visit([](const auto& message) { check(message); },
                 mcp::read_message(std::move(value), id));
    }
  } catch (const mcp::RpcError& error) {
    check(id, error);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::size_t lines = 0;
  mcp::LineSplitter splitter(kMaxInLine, [&](std::optional<std::string_view> line) {
    ++lines;
    if (line) {
      check_line(*line);
    }
  });
  // In two parts, as a pipe may deliver them.
  const std::size_t middle = size == 0 ? 0 : data[0] % size;
  splitter.feed(bytes.substr(0, middle));
  splitter.feed(bytes.substr(middle));
  splitter.finish();
  const auto ends = static_cast<std::size_t>(std::ranges::count(bytes, '\n'));
  const bool open = !bytes.empty() && bytes.back() != '\n';
  fuzz::require(lines == ends + (open ? 1 : 0), "lines were lost or made up");
  return 0;
}
