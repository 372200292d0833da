// What the official conformance suite expects of a server under test: tools, prompts and resources
// of fixed names and contents. Names and texts are the suite's.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"
#include "mcp/server.h"

namespace fixture {

void add_simple_tools(mcp::Server& server);
// Tools that ask the client, in both eras.
void add_input_tools(mcp::Server& server);
void add_prompts(mcp::Server& server);
void add_resources(mcp::Server& server);

// A tool's entry; `schema` is JSON text, the default takes no arguments.
OrderedJson tool_definition(
    std::string_view name, std::string_view description,
    std::string_view schema = R"({"type":"object","additionalProperties":false})");

OrderedJson image_content();
OrderedJson audio_content();
OrderedJson resource_content(std::string_view uri, std::string_view mime_type,
                             std::string_view text);
std::string_view png_base64();

// Questions to the client. All properties of a form are required.
mcp::InputRequest form(std::string key, std::string_view message, std::string_view properties);
mcp::InputRequest sampling(std::string key, std::string_view prompt, int max_tokens);
mcp::InputRequest client_roots(std::string key);

}  // namespace fixture
