#include <utility>

#include "tests/conformance/fixture.h"

namespace fixture {

std::string_view png_base64() {
  return "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQ"
         "mCC";
}

OrderedJson tool_definition(std::string_view name, std::string_view description,
                            std::string_view schema) {
  return {
      {"name", name}, {"description", description}, {"inputSchema", OrderedJson::parse(schema)}};
}

OrderedJson image_content() {
  return {{"type", "image"}, {"data", png_base64()}, {"mimeType", "image/png"}};
}

OrderedJson audio_content() {
  return {{"type", "audio"},
          {"data", "UklGRiwAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQgAAACAgICAgICAgA=="},
          {"mimeType", "audio/wav"}};
}

OrderedJson resource_content(std::string_view uri, std::string_view mime_type,
                             std::string_view text) {
  OrderedJson resource = {{"uri", uri}, {"mimeType", mime_type}, {"text", text}};
  return {{"type", "resource"}, {"resource", std::move(resource)}};
}

mcp::InputRequest form(std::string key, std::string_view message, std::string_view properties) {
  OrderedJson schema = {{"type", "object"}, {"properties", OrderedJson::parse(properties)}};
  schema["required"] = OrderedJson::array();
  for (const auto& property : schema["properties"].items()) {
    schema["required"].push_back(property.key());
  }
  OrderedJson params = {{"message", message}, {"requestedSchema", std::move(schema)}};
  return {std::move(key), "elicitation/create", std::move(params)};
}

mcp::InputRequest sampling(std::string key, std::string_view prompt, int max_tokens) {
  OrderedJson message = {{"role", "user"}, {"content", mcp::text_content(prompt)}};
  OrderedJson params = {{"messages", OrderedJson::array({std::move(message)})},
                        {"maxTokens", max_tokens}};
  return {std::move(key), "sampling/createMessage", std::move(params)};
}

mcp::InputRequest client_roots(std::string key) {
  return {std::move(key), "roots/list", OrderedJson::object()};
}

}  // namespace fixture
