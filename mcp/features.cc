#include "mcp/features.h"

namespace mcp {

OrderedJson text_content(std::string_view text) {
  return {{"type", "text"}, {"text", text}};
}

ToolResult text_result(std::string_view text) {
  ToolResult result;
  result.content.push_back(text_content(text));
  return result;
}

}  // namespace mcp
