// An MCP server: add what it offers, then serve. Speaks 2026-07-28 and the four revisions before
// it, whichever the client does, on the same process; capabilities follow from what was added.
//
//   mcp::Options options;
//   options.implementation = {"rollout-mcp", "Rollout", "0.1.0", "When to use this server ..."};
//   options.log = [](mcp::LogLevel level, std::string_view text) { ... };  // any thread
//   mcp::Server server(std::move(options));
//   server.add(mcp::Tool{"lookup_service",
//                        [] { return OrderedJson::parse(schema_text); },      // made when needed
//                        [](const Json& arguments, mcp::Context& context) {   // may block
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
// requests are answered here.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/features.h"
#include "mcp/options.h"

namespace mcp {

// The lists that a client may be told have changed.
enum class Change { tools, prompts, resources };

// What a server offers at one moment, in the order in which it was added.
struct Features {
  std::vector<Tool> tools;
  std::vector<Prompt> prompts;
  std::vector<ResourceProvider> providers;
  Completer completer;  // may be empty
  // By Change: true once a feature has been added, even if it was removed since, because what was
  // promised stays.
  std::array<bool, 3> offered = {};

  bool offers(Change kind) const { return offered[static_cast<std::size_t>(kind)]; }
  // Null if unknown.
  const Tool* tool(std::string_view name) const;
  const Prompt* prompt(std::string_view name) const;
};

// What is added and removed may be so from any thread, also by handlers and while requests are
// served; clients are told if Options::list_changed promises it.
class Server {
 public:
  explicit Server(Options options) : options_(std::move(options)) {}

  // A tool or prompt of the same name is replaced.
  void add(Tool tool);
  void add(Prompt prompt);
  void add(ResourceProvider provider);
  void set(Completer completer);
  // False if there is none of that name.
  bool remove_tool(std::string_view name);
  bool remove_prompt(std::string_view name);
  // The contents of a resource have changed.
  void resource_updated(const std::string& uri) { announce(Change::resources, uri); }

  // Serves one client until it ends the input, stops reading, or the process gets SIGINT or
  // SIGTERM; returns the exit status. Requests that run when the input ends may finish within
  // Limits::end_grace and are then cancelled; a signal cancels them at once; a handler that
  // nevertheless goes on is waited for. Ignores SIGPIPE from now on. If `out_fd` is standard
  // output, nothing else in the process can write there any more (it goes to standard error).
  int serve(int in_fd, int out_fd);

  const Options& options() const { return options_; }
  std::shared_ptr<const Features> features() const;

  // Whom to tell of changes: of a list, or, where there is a URI, of that resource's contents. One
  // at a time; after this returns, the one before is called no more.
  using Listener = std::function<void(Change change, const std::string& uri)>;
  void listen(Listener listener);

 private:
  template <class Edit>
  void change(const Edit& edit);
  void announce(Change change, const std::string& uri = "");

  const Options options_;
  mutable std::mutex features_mutex_;
  std::shared_ptr<const Features> features_ = std::make_shared<Features>();  // copied on change
  std::mutex listener_mutex_;  // held while it is called
  Listener listener_;
};

}  // namespace mcp
