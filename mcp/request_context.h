// Serves a request by its handler, on the handler's thread: what the handler sees of the request,
// and what answers it.
#pragma once

#include <string>

#include "mcp/call.h"
#include "mcp/connection_state.h"

namespace mcp {

// Runs the call's job to its end on this thread, and returns the line that answers it. Throws
// std::bad_alloc where there is no memory for that line.
std::string perform(ConnectionState& connection, Call& call);

}  // namespace mcp
