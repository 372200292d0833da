// Who is told what: the open `subscriptions/listen` requests of modern clients, and what the
// session of a legacy client has subscribed to. Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "json/json.h"
#include "mcp/options.h"
#include "mcp/protocol.h"
#include "mcp/server.h"

namespace mcp {

class Subscriptions {
 public:
  using Send = std::function<void(const OrderedJson& message)>;

  Subscriptions(const Options& options, Send send) : options_(options), send_(std::move(send)) {}

  // Opens a stream and acknowledges what of the request's params is granted, or says what is wrong
  // with them.
  Result<OrderedJson> open(const RequestId& id, const Json& params);
  bool contains(const RequestId& id) const { return open_.count(id) > 0; }
  // Ends a stream in silence, at the client's wish. False if there is none.
  bool close(const RequestId& id) { return open_.erase(id) > 0; }
  // Ends all streams with a response each, at the server's wish.
  void close_all();

  // A session hears of all changes of lists, and of the resources that it asks for.
  void open_session();
  Result<OrderedJson> subscribe(const std::string& uri);
  OrderedJson unsubscribe(const std::string& uri);

  // A list has changed, or, where there is a URI, the contents of that resource.
  void announce(Change change, const std::string& uri);

 private:
  struct Filter {
    std::set<Change> changes;
    std::set<std::string> uris;
  };
  Result<Filter> read_filter(const Json& params) const;

  const Options& options_;
  const Send send_;
  std::map<std::optional<RequestId>, Filter> open_;  // without an id: the session
};

}  // namespace mcp
