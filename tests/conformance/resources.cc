#include <optional>
#include <vector>

#include "json/parse.h"
#include "mcp/protocol.h"
#include "tests/conformance/fixture.h"

namespace fixture {
namespace {

constexpr std::string_view kTemplate = "test://template/{id}/data";
constexpr std::string_view kTemplateStart = "test://template/";
constexpr std::string_view kTemplateEnd = "/data";

OrderedJson list_resources() {
  return OrderedJson::parse(R"([
    {"uri": "test://static-text", "name": "static-text", "mimeType": "text/plain"},
    {"uri": "test://static-binary", "name": "static-binary", "mimeType": "image/png"},
    {"uri": "test://watched-resource", "name": "watched-resource", "mimeType": "text/plain"}
  ])");
}

OrderedJson list_templates() {
  return OrderedJson::array(
      {{{"uriTemplate", kTemplate}, {"name", "template"}, {"mimeType", "application/json"}}});
}

OrderedJson contents(std::string_view uri, std::string_view mime_type, const char* kind,
                     std::string_view data) {
  return OrderedJson::array({{{"uri", uri}, {"mimeType", mime_type}, {kind, data}}});
}

// The `id` of a URI that the template makes; nothing if it does not.
std::optional<std::string> template_id(std::string_view uri) {
  if (!uri.starts_with(kTemplateStart) || !uri.ends_with(kTemplateEnd) ||
      uri.size() <= kTemplateStart.size() + kTemplateEnd.size()) {
    return std::nullopt;
  }
  uri.remove_prefix(kTemplateStart.size());
  uri.remove_suffix(kTemplateEnd.size());
  return uri.find('/') == std::string_view::npos ? std::optional<std::string>(uri) : std::nullopt;
}

std::optional<OrderedJson> read_resource(std::string_view uri) {
  if (uri == "test://static-text") {
    return contents(uri, "text/plain", "text", "This is the content of the static text resource.");
  }
  if (uri == "test://static-binary") {
    return contents(uri, "image/png", "blob", png_base64());
  }
  if (uri == "test://watched-resource") {
    return contents(uri, "text/plain", "text", "Watched resource content.");
  }
  if (const auto id = template_id(uri)) {
    const OrderedJson data = {{"id", *id}, {"templateTest", true}, {"data", "Data for ID: " + *id}};
    return contents(uri, "application/json", "text", json::dump(data));
  }
  return std::nullopt;
}

std::optional<mcp::Completions> complete(const mcp::Features& features, const Json& ref,
                                         std::string_view value) {
  const auto given = [&ref](std::string_view key) {
    const std::string* text = mcp::string_member(ref, key);
    return text != nullptr ? *text : std::string();
  };
  const bool known =
      (given("type") == "ref/prompt" && mcp::find(features.prompts, given("name")) != nullptr) ||
      (given("type") == "ref/resource" && given("uri") == kTemplate);
  if (!known) {
    return std::nullopt;
  }
  mcp::Completions found;
  for (const char* candidate : {"paris", "park", "party", "testValue1", "testValue2"}) {
    if (std::string_view(candidate).starts_with(value)) {
      found.values.emplace_back(candidate);
    }
  }
  return found;
}

}  // namespace

void add_resources(mcp::Server& server) {
  server.add(mcp::ResourceProvider{
      list_resources, list_templates,
      [](std::string_view uri, mcp::Context&) { return read_resource(uri); }});
  server.set([&server](const Json& ref, std::string_view, std::string_view value, const Json&,
                       mcp::Context&) { return complete(*server.features(), ref, value); });
}

}  // namespace fixture
