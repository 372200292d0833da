// The methods that serve a server's features, the same in both eras but for the members that only
// the modern one has. Everything about sessions, subscriptions and threads is elsewhere.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "json/json.h"
#include "mcp/call.h"
#include "mcp/era.h"
#include "mcp/message.h"
#include "mcp/options.h"
#include "mcp/server.h"

namespace mcp {

// A result that is there already, or a handler that may block.
using Step = std::variant<OrderedJson, Job>;

// What to do for a request, whose params are used up; the error for an unknown method is -32601.
Result<Step> prepare(std::shared_ptr<const Features> features, Request& request, Era era);

// `serverInfo`.
OrderedJson server_info(const Options& options);
// The results of `server/discover` and `initialize`.
OrderedJson discover(const Options& options, const Features& features);
OrderedJson initialize(const Options& options, const Features& features, std::string_view version);

// Adds what every modern result has: `resultType`, `serverInfo`, and for lists, resources and
// `server/discover` how long they may be kept.
void finish_modern(const Options& options, std::string_view method, OrderedJson& result);

}  // namespace mcp
