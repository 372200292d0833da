// The program's log: spdlog on stderr and, on request, in a file. Never stdout, which carries the
// protocol.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mcp/features.h"

namespace cli {

struct LogSettings {
  std::optional<std::string> level;  // trace, debug, info, warning, error, off; default info
  // Is made for its user only, and never followed through a symbolic link; nothing but a regular
  // file is written.
  std::optional<std::string> file;
};

// Replaces spdlog's default logger. What cannot be had (no such level, a file that cannot be
// opened) is said in the log; the server has to start in any case.
void set_up_log(const LogSettings& settings);

// Logs one message of the server. From any thread.
void log_message(mcp::LogLevel level, std::string_view text);

}  // namespace cli
