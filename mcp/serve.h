// Serving over a pair of file descriptors: the transport, the threads for requests, the signals.
#pragma once

#include "mcp/server.h"

namespace mcp {

// Serves one client until it ends the input, stops reading, or the process gets SIGINT or
// SIGTERM; returns the exit status. Requests that run when the input ends may finish within
// Limits::end_grace and are then cancelled; a signal cancels them at once; a handler that
// nevertheless goes on is waited for. Ignores SIGPIPE and SIGXFSZ from now on, so that what
// cannot be written is an error. If `out_fd` is standard output, nothing else in the process can
// write there any more (it goes to standard error).
int serve(Server& server, int in_fd, int out_fd);

}  // namespace mcp
