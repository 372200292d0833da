#include "tools/tool_call.h"

#include <memory>
#include <string>
#include <utility>

#include "engine/text/ascii.h"
#include "tools/arguments.h"

namespace tools {

engine::CallContext call_context(mcp::Context& context) {
  // Shared: the engine may copy the function, and progress has to grow whichever copy reports.
  const auto steps = std::make_shared<int>(0);
  return {context.stop_token(), [&context, steps](std::string_view step) {
            context.progress(++*steps, std::nullopt, sanitize_line(step));
          }};
}

engine::CallContext first_look_context(const mcp::Context& context) {
  return {context.stop_token(), {}, context.arrived()};
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto high = i + 1 < text.size() ? engine::hex_value(text[i + 1]) : std::nullopt;
    const auto low = i + 2 < text.size() ? engine::hex_value(text[i + 2]) : std::nullopt;
    if (!high || !low) {
      return std::nullopt;
    }
    out += static_cast<char>(*high * 16U + *low);
    i += 2;
  }
  if (has_control_characters(out)) {
    return std::nullopt;
  }
  return out;
}

mcp::ToolResult to_tool_result(const engine::Error& error) {
  mcp::ToolResult result = mcp::text_result(report(error));
  result.structured_content = structured(error);
  result.is_error = true;
  return result;
}

mcp::ToolResult to_tool_result(OrderedJson structured) {
  mcp::ToolResult result = mcp::text_result(structured.at("report").get_ref<const std::string&>());
  result.structured_content = std::move(structured);
  return result;
}

}  // namespace tools
