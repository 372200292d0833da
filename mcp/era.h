// Which revision a request is served in, and what the client has declared. Modern requests
// (2026-07-28) carry all of it themselves; the older revisions get it from the session that
// `initialize` began. The choice is made for each request.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "json/json.h"
#include "mcp/protocol.h"

namespace mcp {

enum class Era { legacy, modern };

// How a request is to be answered. Immutable once made, so that worker threads may read it.
struct RequestInfo {
  Era era = Era::legacy;
  std::string_view version;                  // one of the constants of protocol.h
  std::shared_ptr<const Json> capabilities;  // the client's; an object
  std::optional<LogLevel> log_level;         // modern: of the messages that the client wants
  std::optional<RequestId> progress_token;

  // True if the client has declared that it answers server requests of this method.
  bool can_ask(std::string_view method) const;
};

// True if a request says of itself that it is modern.
bool is_modern(const Json& params);
// What a modern request says of itself, or what is wrong with it (in the order of the
// specification: missing metadata, version, capabilities, log level).
Result<RequestInfo> read_modern(const Json& params);
// A request of a session.
RequestInfo legacy_info(std::string_view version, std::shared_ptr<const Json> capabilities,
                        const Json& params);

// The capability that a client declares for a server request of this method ("" if unknown).
std::string_view capability_for(std::string_view method);

}  // namespace mcp
