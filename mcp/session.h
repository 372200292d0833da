// The session of a legacy client: what `initialize` agreed on, and the requests that a server of
// those revisions sends to its client. Not thread-safe: it belongs to the loop.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>

#include "json/json.h"
#include "mcp/call.h"
#include "mcp/features.h"
#include "mcp/message.h"

namespace mcp {

class Session {
 public:
  using Reply = std::function<void(Answer)>;
  using Send = std::function<void(OrderedJson)>;

  Session(asio::io_context& loop, std::string_view version, Json capabilities,
          std::chrono::milliseconds roots_answer, Send send);

  std::string_view version() const { return version_; }
  const std::shared_ptr<const Json>& capabilities() const { return capabilities_; }

  LogLevel log_level = LogLevel::info;  // `logging/setLevel`
  std::set<std::string> subscriptions;  // URIs, `resources/subscribe`

  // Sends a request to the client and returns its number. `reply` is called unless the request is
  // withdrawn.
  std::int64_t ask(std::string_view method, OrderedJson params, Reply reply);
  // The client need not answer any more.
  void withdraw(std::int64_t number);
  // Takes an answer; one that nobody waits for is ignored.
  void answer(Response response);
  // No answer can come any more: all that are open fail, and later ones at once.
  void abandon();

  // The URIs of the client's roots, asked for once, until forget_roots(). A client that does not
  // answer in time has none.
  void roots(std::function<void(std::vector<std::string>)> done);
  void forget_roots() { roots_.reset(); }

 private:
  void settle_roots(const Answer& answer);

  std::string_view version_;
  std::shared_ptr<const Json> capabilities_;
  std::chrono::milliseconds roots_answer_;
  Send send_;
  std::int64_t last_number_ = 0;
  std::map<std::int64_t, Reply> open_;
  bool abandoned_ = false;
  std::optional<std::vector<std::string>> roots_;
  std::vector<std::function<void(std::vector<std::string>)>> roots_waiting_;
  asio::steady_timer roots_timer_;
};

}  // namespace mcp
