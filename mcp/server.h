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
//   return server.serve(STDIN_FILENO, STDOUT_FILENO);
//
// A bad argument is the tool's to report, as a ToolResult with `is_error`, so that a model can
// correct itself; unknown tools and malformed requests are answered here.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mcp/features.h"

namespace mcp {

class Connection;

// `serverInfo`, and the `instructions` that a client may give to its model. `title` and
// `instructions` may be empty.
struct Implementation {
  std::string name;
  std::string title;
  std::string version;
  std::string instructions;
};

// Bounds of what a client can make the server spend. Nesting is bounded by json::kMaxDepth.
struct Limits {
  std::size_t line_bytes = std::size_t{4} << 20U;  // longer lines are dropped with one error
  std::size_t batch = 100;                         // messages of a batch (2025-03-26 only)
  std::size_t in_flight = 32;                      // handlers that run at once, 3/4 of them slow
  std::size_t large = 2;                           // of those, with large answers
  std::size_t queued = 256;                        // that wait for one: then nothing is read
  std::size_t subscriptions = 256;                 // subscriptions open at once
  std::size_t buffered_bytes = std::size_t{8} << 20U;  // unread by the client: then nor do we read
  std::chrono::milliseconds end_grace{2000};           // running work after the end of input
  std::chrono::milliseconds flush{2000};         // for a client to take what is left at the end
  std::chrono::milliseconds roots_answer{5000};  // for `roots/list`
};

// For the server's own log, not the client's. May be called from any thread.
using Logger = std::function<void(LogLevel, std::string_view)>;

struct Options {
  Implementation implementation;
  Limits limits;
  Logger log = [](LogLevel, std::string_view) {};

  // Capabilities beyond what the added features imply.
  bool list_changed = false;  // says when lists change; serves `subscriptions/listen`
  bool subscribe = false;     // resources can be subscribed to
  bool logging = false;       // sends log messages to the client

  // How long a modern client may keep lists and `server/discover`, and the contents of resources
  // (milliseconds), and whether other users may be shown them.
  std::int64_t list_ttl_ms = 60000;
  std::int64_t read_ttl_ms = 60000;
  bool public_cache = true;

  // The secret that seals `requestState`, asked for once and only when it is needed. A server that
  // may be started anew between the rounds of one request returns the same each time; without a
  // function it is random.
  std::function<std::string()> state_key;
  // A `requestState` counts once. This notes, for other processes of the same key, that the one of
  // this id has been used, until `expires`; false if one of them has used it. From any thread; may
  // block. Without a function only this process knows.
  std::function<bool(const std::string& id, std::chrono::system_clock::time_point expires)>
      spend_state;
};

// The lists that a client may be told have changed.
enum class Change { tools, prompts, resources };

// What a server offers at one moment, in the order in which it was added.
struct Features {
  std::vector<Tool> tools;
  std::vector<Prompt> prompts;
  std::vector<ResourceProvider> providers;
  Completer completer;  // may be empty
};

// The one of that name; null if there is none.
template <class Feature>
const Feature* find(const std::vector<Feature>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Feature& feature) { return feature.name == name; });
  return found == list.end() ? nullptr : &*found;
}

// What is added and removed may be so from any thread, also by handlers and while requests are
// served; clients are told if Options::list_changed promises it.
class Server {
 public:
  explicit Server(Options options) : options_(std::move(options)) {}

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

  // Serves one client until it ends the input, stops reading, or the process gets SIGINT or
  // SIGTERM; returns the exit status. Requests that run when the input ends may finish within
  // Limits::end_grace and are then cancelled; a signal cancels them at once; a handler that
  // nevertheless goes on is waited for. Ignores SIGPIPE and SIGXFSZ from now on, so that what
  // cannot be written is an error. If `out_fd` is standard output, nothing else in the process can
  // write there any more (it goes to standard error).
  int serve(int in_fd, int out_fd);

  const Options& options() const { return options_; }
  std::shared_ptr<const Features> features() const;

  // Whom to tell of changes, or null; after this returns, the one before is told no more.
  void attach(Connection* connection);

 private:
  // False if `edit` says that there is nothing to change.
  bool change(Change kind, const std::function<bool(Features&)>& edit);
  void announce(Change change, const std::string& uri = "");

  const Options options_;
  mutable std::mutex features_mutex_;
  std::shared_ptr<const Features> features_ = std::make_shared<Features>();  // copied on change
  std::mutex connection_mutex_;  // held while it is told
  Connection* connection_ = nullptr;
};

}  // namespace mcp
