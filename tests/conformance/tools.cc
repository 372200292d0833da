#include <array>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <utility>

#include "tests/conformance/fixture.h"

namespace fixture {
namespace {

using mcp::Context;
using mcp::ToolResult;

constexpr std::chrono::milliseconds kStep{50};
constexpr std::string_view kRegionSchema = R"({
  "type": "object",
  "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
  "required": ["region"],
  "additionalProperties": false
})";
constexpr std::string_view kSchemaOfManyKeywords = R"({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "$defs": {
    "address": {
      "$anchor": "addressDef",
      "type": "object",
      "properties": {"street": {"type": "string"}, "city": {"type": "string"}}
    }
  },
  "properties": {
    "name": {"type": "string"},
    "address": {"$ref": "#/$defs/address"},
    "contactMethod": {"type": "string", "enum": ["phone", "email"]},
    "phone": {"type": "string"},
    "email": {"type": "string"}
  },
  "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
  "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
  "then": {"required": ["phone"]},
  "else": {"required": ["email"]},
  "additionalProperties": false
})";

// Returns early when the request is cancelled.
void pause(const Context& context) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, context.stop_token(), kStep, [] { return false; });
}

ToolResult result_of(OrderedJson block) {
  ToolResult result;
  result.content.push_back(std::move(block));
  return result;
}

void add(mcp::Server& server, const std::string& name, const std::string& description,
         std::function<ToolResult(Context&)> run) {
  server.add(
      mcp::Tool{name, [name, description] { return tool_definition(name, description); },
                [run = std::move(run)](const Json&, Context& context) { return run(context); }});
}

ToolResult mixed_content(Context& /*context*/) {
  ToolResult result = mcp::text_result("Multiple content types test:");
  result.content.push_back(image_content());
  result.content.push_back(resource_content("test://mixed-content-resource", "application/json",
                                            R"({"test":"data","value":123})"));
  return result;
}

ToolResult failing(Context& /*context*/) {
  ToolResult result = mcp::text_result("This tool intentionally returns an error for testing");
  result.is_error = true;
  return result;
}

ToolResult with_progress(Context& context) {
  context.progress(0, 100, "started");
  pause(context);
  context.progress(50, 100, "half way");
  pause(context);
  context.progress(100, 100, "finished");
  return mcp::text_result("Progress was reported three times.");
}

ToolResult with_logging(Context& context) {
  context.log(mcp::LogLevel::info, "", "Tool execution started");
  pause(context);
  context.log(mcp::LogLevel::info, "", "Tool processing data");
  pause(context);
  context.log(mcp::LogLevel::info, "", "Tool execution completed");
  return mcp::text_result("Three messages were logged.");
}

void add_content_tools(mcp::Server& server) {
  add(server, "test_simple_text", "Returns a text.",
      [](Context&) { return mcp::text_result("This is a simple text response for testing."); });
  add(server, "test_image_content", "Returns an image.",
      [](Context&) { return result_of(image_content()); });
  add(server, "test_audio_content", "Returns a sound.",
      [](Context&) { return result_of(audio_content()); });
  add(server, "test_embedded_resource", "Returns a resource.", [](Context&) {
    return result_of(resource_content("test://embedded-resource", "text/plain",
                                      "This is an embedded resource content."));
  });
  add(server, "test_multiple_content_types", "Returns text, image and resource.", mixed_content);
  add(server, "test_error_handling", "Always fails.", failing);
  add(server, "test_tool_with_progress", "Reports progress.", with_progress);
  add(server, "test_tool_with_logging", "Logs three messages.", with_logging);
  add(server, "test_logging_tool", "Logs one message.", [](Context& context) {
    context.log(mcp::LogLevel::info, "", "The logging tool has run");
    return mcp::text_result("One message was logged.");
  });
  add(server, "test_reconnection", "Answers after a moment.", [](Context& context) {
    pause(context);
    return mcp::text_result("Answered after a moment.");
  });
}

// Each call adds the tool or prompt, or removes it where it is there.
void add_toggles(mcp::Server& server) {
  add(server, "test_trigger_tool_change", "Changes the list of tools.", [&server](Context&) {
    if (!server.remove_tool("test_dynamic_tool")) {
      add(server, "test_dynamic_tool", "Comes and goes.",
          [](Context&) { return mcp::text_result("Here for now."); });
    }
    return mcp::text_result("The list of tools has changed.");
  });
  add(server, "test_trigger_prompt_change", "Changes the list of prompts.", [&server](Context&) {
    if (!server.remove_prompt("test_dynamic_prompt")) {
      server.add(mcp::Prompt{
          "test_dynamic_prompt",
          [] {
            return OrderedJson{{"name", "test_dynamic_prompt"}, {"description", "Comes and goes."}};
          },
          [](const Json&, Context&) {
            return OrderedJson{{"messages", OrderedJson::array()}};
          }});
    }
    return mcp::text_result("The list of prompts has changed.");
  });
}

}  // namespace

void add_simple_tools(mcp::Server& server) {
  add_content_tools(server);
  add_toggles(server);
  server.add(mcp::Tool{"test_x_mcp_header",
                       [] {
                         return tool_definition("test_x_mcp_header",
                                                "Its argument is also a header over HTTP.",
                                                kRegionSchema);
                       },
                       [](const Json& arguments, Context&) {
                         return mcp::text_result("Region: " + arguments.value("region", ""));
                       }});
  server.add(mcp::Tool{"json_schema_2020_12_tool",
                       [] {
                         return tool_definition("json_schema_2020_12_tool",
                                                "Its schema uses keywords of draft 2020-12.",
                                                kSchemaOfManyKeywords);
                       },
                       [](const Json&, Context&) { return mcp::text_result("Accepted."); }});
}

}  // namespace fixture
