// The open `subscriptions/listen` requests of modern clients. Not thread-safe: it belongs to the
// loop.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "json/json.h"
#include "mcp/options.h"
#include "mcp/protocol.h"
#include "mcp/registry.h"

namespace mcp {

class Subscriptions {
 public:
  using Send = std::function<void(OrderedJson)>;

  Subscriptions(const Options& options, Send send);

  // Opens a stream and acknowledges what of the request's params is granted, or says what is wrong
  // with them.
  Result<void> open(const RequestId& id, const Json& params);
  bool contains(const RequestId& id) const { return open_.count(id) > 0; }
  // Ends a stream in silence, at the client's wish. False if there is none.
  bool close(const RequestId& id) { return open_.erase(id) > 0; }
  // Ends all streams with a response each, at the server's wish.
  void close_all(const OrderedJson& server_info);

  void changed(Change change);
  void updated(const std::string& uri);

 private:
  struct Filter {
    std::set<Change> changes;
    std::set<std::string> uris;
  };
  Result<Filter> read_filter(const Json& params) const;

  const Options& options_;
  Send send_;
  std::map<RequestId, Filter> open_;
};

// `notifications/tools/list_changed` and so on.
std::string_view list_changed_method(Change change);

}  // namespace mcp
