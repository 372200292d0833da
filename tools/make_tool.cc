#include "tools/make_tool.h"

#include "tools/embedded.h"

namespace tools {
namespace {

OrderedJson schema(const std::string& file_name) {
  return OrderedJson::parse(embedded::schema(file_name));
}

}  // namespace

OrderedJson tool_definition(const ToolTraits& traits) {
  const std::string name(traits.name);
  OrderedJson out = OrderedJson::object();
  out["name"] = name;
  out["title"] = traits.title;
  out["description"] = traits.description;
  out["inputSchema"] = schema(name + ".input.json");
  out["outputSchema"] = schema(name + ".output.json");
  out["annotations"] = {{"title", traits.title},
                        {"readOnlyHint", traits.read_only},
                        {"destructiveHint", traits.destructive},
                        {"idempotentHint", traits.idempotent},
                        {"openWorldHint", traits.open_world}};
  if (traits.needs_person) {
    out["_meta"]["anthropic/requiresUserInteraction"] = true;
  }
  if (traits.deferred) {
    out["_meta"]["anthropic/alwaysLoad"] = false;
  }
  return out;
}

}  // namespace tools
