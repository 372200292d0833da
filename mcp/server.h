// An MCP server: add what it offers, then serve. Speaks 2026-07-28 and the four revisions before
// it, whichever the client does, on the same process; capabilities follow from what was added.
//
//   mcp::Options options;
//   options.implementation = {"rollout-mcp", "Rollout", "0.1.0", "When to use this server ..."};
//   options.log = [](mcp::LogLevel level, std::string_view text) { ... };  // any thread
//   mcp::Server server(std::move(options));
//   server.add(mcp::Tool{"lookup_service",
//                        [] { return OrderedJson::parse(schema_text); },      // made when needed
//                        [](const Json& arguments, mcp::Context& context) {   // on a worker thread
//                          context.progress(1, 2, "reading the catalog");
//                          return mcp::text_result("found");
//                        }});
//   server.add(mcp::Prompt{...});            // name, definition, get
//   server.add(mcp::ResourceProvider{...});  // list, templates, read
//   server.set(mcp::Completer(...));
//   return server.serve(STDIN_FILENO, STDOUT_FILENO);
//
// Handlers (mcp/features.h) are plain blocking functions and must be safe to run side by side; up
// to Limits::in_flight run at once. They watch Context::stop_token(). An exception that escapes one
// is logged and answered as an internal error. A bad argument is the tool's to report, as a
// ToolResult with `is_error`, so that a model can correct itself; unknown tools and malformed
// requests are answered here. The methods that change what is offered may be called from any
// thread, also by handlers; clients are told if Options::list_changed promises it.
#pragma once

#include <utility>

#include "mcp/features.h"
#include "mcp/options.h"
#include "mcp/registry.h"

namespace mcp {

// What it offers is added and removed by the functions of Registry.
class Server : public Registry {
 public:
  explicit Server(Options options) : options_(std::move(options)) {}

  // Serves one client until it ends the input, stops reading, or the process gets SIGINT or
  // SIGTERM; returns the exit status. Requests that run when the input ends may finish within
  // Limits::end_grace and are then cancelled; a signal cancels them at once; a handler that
  // nevertheless goes on is waited for. Ignores SIGPIPE from now on. If `out_fd` is standard
  // output, nothing else in the process can write there any more (it goes to standard error).
  int serve(int in_fd, int out_fd);

  const Options& options() const { return options_; }

 private:
  Options options_;
};

}  // namespace mcp
