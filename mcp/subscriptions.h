// Who is told what: the open `subscriptions/listen` requests of modern clients, and what the
// session of a legacy client has subscribed to. Not thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/protocol.h"

namespace mcp {

class Subscriptions {
 public:
  using Send = std::function<void(const OrderedJson& message)>;

  Subscriptions(const Options& options, Send send) : options_(options), send_(std::move(send)) {}

  // Opens a stream and acknowledges what of the request's params is granted; throws what is wrong
  // with them.
  void open(const RequestId& id, const Json& params);
  bool contains(const RequestId& id) const { return open_.count(id) > 0; }
  // Ends a stream in silence, at the client's wish. False if there is none.
  bool close(const RequestId& id) { return open_.erase(id) > 0; }
  // Ends all streams with a response each, at the server's wish.
  void close_all();

  // A session hears of all changes of lists, and of the resources that it asks for.
  void open_session();
  void subscribe(const std::string& uri);  // throws RpcError if there are too many
  void unsubscribe(const std::string& uri) { open_[std::nullopt].erase(uri); }

  // A list has changed, or, where there is a URI, the contents of that resource.
  void announce(Change change, const std::string& uri);

 private:
  // Methods of notifications, and URIs of resources.
  using Topics = std::set<std::string, std::less<>>;

  const Options& options_;
  const Send send_;
  std::map<std::optional<RequestId>, Topics> open_;  // without an id: the session
};

}  // namespace mcp
