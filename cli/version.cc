#include "cli/version.h"

namespace tools {

std::string_view version() {
  return ROLLOUT_MCP_VERSION;
}

}  // namespace tools
