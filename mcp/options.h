// How a server presents itself and behaves, and what a client can make it spend.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "mcp/features.h"

namespace mcp {

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
  // may be restarted between the rounds of one request returns the same each time; without a
  // function it is random.
  std::function<std::string()> request_state_key;
  // A `requestState` counts once. This notes, for other processes of the same key, that the one of
  // this id has been used, until `expires`; false if one of them has used it. From any thread; may
  // block. Without a function only this process knows.
  std::function<bool(const std::string& id, std::chrono::system_clock::time_point expires)>
      spend_state;
};

}  // namespace mcp
