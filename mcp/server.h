// An MCP server: add what it offers, then serve. Speaks 2026-07-28 and the four revisions before
// it, whichever the client does, on the same process; capabilities follow from what was added.
//
//   mcp::Server server(std::move(options));
//   server.add(mcp::Tool{"lookup_service",
//                        [] { return OrderedJson::parse(schema_text); },      // made when needed
//                        [](const Json& arguments, mcp::Context& context) {   // may block
//                          context.progress(1, 2, "reading the catalog");
//                          return mcp::text_result("found");
//                        }});
//   return mcp::serve(server, STDIN_FILENO, STDOUT_FILENO);  // mcp/serve.h
//
// A bad argument is the tool's to report, as a ToolResult with `is_error`, so that a model can
// correct itself; unknown tools and malformed requests are answered here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "locking/mutex.h"
#include "mcp/features.h"
#include "mcp/options.h"

namespace mcp {

// What is added and removed may be so from any thread, also by handlers and while requests are
// served; clients are told if Options::list_changed promises it.
class Server {
 public:
  explicit Server(Options options, Features features = {})
      : options_(std::move(options)),
        features_(std::make_shared<const Features>(std::move(features))) {}

  // Takes the place of a tool or prompt of the same name.
  void add(Tool tool);
  void add(Prompt prompt);
  void add(ResourceProvider provider);
  void set(Completer completer);
  // False if there is none of that name.
  bool remove_tool(std::string_view name);
  bool remove_prompt(std::string_view name);
  // The contents of a resource have changed.
  void resource_updated(const std::string& uri) { announce(Change::resources, uri); }

  const Options& options() const { return options_; }
  std::shared_ptr<const Features> features() const;

  // Is told that a list has changed, or, where there is a URI, the contents of that resource. From
  // any thread.
  using Listener = std::function<void(Change change, const std::string& uri)>;
  // Whom to tell of changes, or nobody; after this returns, the one before is told no more.
  void attach(Listener listener);

 private:
  // False if `edit` says that there is nothing to change.
  bool change(Change kind, const std::function<bool(Features&)>& edit);
  void announce(Change change, const std::string& uri = "");

  const Options options_;
  mutable locking::Mutex features_mutex_;
  // Copied on change.
  std::shared_ptr<const Features> features_ GUARDED_BY(features_mutex_);
  locking::Mutex listener_mutex_;                  // held while it is told
  Listener listener_ GUARDED_BY(listener_mutex_);  // may be empty
};

}  // namespace mcp
