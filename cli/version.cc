#include "cli/version.h"

namespace cli {

std::string_view version() {
  return ROLLOUT_MCP_VERSION;
}

std::string_view version_text() {
  return "rollout-mcp " ROLLOUT_MCP_VERSION
         "\n"
         "Built with " ROLLOUT_MCP_COMPILER " for " ROLLOUT_MCP_SYSTEM
         "\n"
         "Libraries: " ROLLOUT_MCP_LIBRARIES;
}

}  // namespace cli
