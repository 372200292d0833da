// The methods that serve a server's features, the same in both eras but for the members that only
// the modern one has. Everything about sessions, subscriptions and threads is elsewhere.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "mcp/call.h"
#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/protocol.h"

namespace mcp {

// What to do for a request, whose params are used up: a result that is there already, or a handler
// that may block. Throws RpcError, for an unknown method with -32601.
std::variant<MethodResult, Job> dispatch(std::shared_ptr<const Features> features, Request& request,
                                         Era era);

// The result of `server/discover`, or that of `initialize` in an older version.
OrderedJson discover_result(const Options& options, const Features& features,
                            std::string_view version);

// The message with a result. A modern one gets `resultType`, `serverInfo`, and for lists, resources
// and `server/discover` how long it may be kept.
OrderedJson make_response(const Options& options, Era era, const Request& request,
                          OrderedJson result);
// The same as a line.
std::string response_line(const Options& options, Era era, const Request& request,
                          MethodResult result);

}  // namespace mcp
