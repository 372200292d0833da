#include "cli/version.h"

namespace cli {

std::string_view version() {
  return ROLLOUT_MCP_VERSION;
}

}  // namespace cli
