// The methods that serve a server's features, the same in both eras but for the members that only
// the modern one has. Everything about sessions, subscriptions and threads is elsewhere.
#pragma once

#include <string_view>
#include <variant>

#include "json/json.h"
#include "mcp/call.h"
#include "mcp/era.h"
#include "mcp/message.h"
#include "mcp/options.h"
#include "mcp/registry.h"

namespace mcp {

// A result that is there already, or a handler to run on a worker thread.
using Step = std::variant<OrderedJson, Job>;

// Not thread-safe, but for the jobs that prepare() returns. The references must outlive them.
class Methods {
 public:
  Methods(const Options& options, const Registry& registry);

  // What to do for a request, whose params are used up; the error for an unknown method is -32601.
  Result<Step> prepare(Request& request, const RequestInfo& info) const;

  // `serverInfo`, and the capabilities that follow from what has been added.
  OrderedJson server_info() const;
  OrderedJson capabilities() const;
  // The results of `server/discover` and `initialize`.
  OrderedJson discover() const;
  OrderedJson initialize(std::string_view version) const;

  // Adds what every modern result has: `resultType`, `serverInfo`, and for lists, resources and
  // `server/discover` how long they may be kept.
  OrderedJson finish_modern(std::string_view method, OrderedJson result) const;

 private:
  Result<Step> call_tool(Request& request, const RequestInfo& info) const;
  Result<Step> get_prompt(Request& request) const;
  Result<Step> list_resources(bool templates) const;
  Result<Step> read_resource(Request& request, const RequestInfo& info) const;
  Result<Step> complete(Request& request) const;

  const Options& options_;
  const Registry& registry_;
};

RpcError method_not_found(std::string_view method);
RpcError invalid_params(std::string_view problem);

}  // namespace mcp
