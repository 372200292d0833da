#include "cli/serve.h"

#include <string_view>
#include <unistd.h>
#include <utility>

#include "cli/log.h"
#include "cli/request_state_key.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "mcp/serve.h"
#include "mcp/server.h"
#include "tools/features.h"

namespace cli {
namespace {

// For a person who has started it at a terminal, where nothing else would be seen.
constexpr std::string_view kWaiting =
    "rollout-mcp waits for an MCP client on standard input (Ctrl-D ends it). "
    "`rollout-mcp --help` lists what it does on the command line.";

}  // namespace

int serve(const tools::HostOrError& host_or_error) {
  mcp::Options options;
  options.implementation = {.name = "rollout-mcp",
                            .title = "Rollout",
                            .version = std::string(version()),
                            .instructions = std::string(tools::instructions())};
  options.log = log_message;
  // What resources say can change at any time, and is one user's.
  options.read_ttl_ms = 0;
  options.public_cache = false;
  const auto warn = [](std::string_view text) { log_message(mcp::LogLevel::warning, text); };
  options.request_state_key = [&host_or_error, warn] {
    return request_state_key(host_or_error.host.environment, warn);
  };
  options.spend_state = [&host_or_error, warn](const std::string& id,
                                               std::chrono::system_clock::time_point expires) {
    return spend_state(host_or_error.host.environment, id, expires, warn);
  };
  mcp::Server server(std::move(options), tools::all_features(host_or_error));
  if (::isatty(STDIN_FILENO) == 1) {
    Terminal(host_or_error.host.environment).note(kWaiting);
  }
  return mcp::serve(server, STDIN_FILENO, STDOUT_FILENO);
}

}  // namespace cli
