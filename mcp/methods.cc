#include "mcp/methods.h"

#include <algorithm>
#include <array>
#include <utility>

#include "json/parse.h"

namespace mcp {
namespace {

constexpr std::size_t kMostCompletions = 100;  // specification, completion values

std::string in_quotes(std::string_view text) {
  return json::dump(Json(text));
}

Result<std::string> required_string(const Json& params, std::string_view key) {
  const std::string* value = string_member(params, key);
  if (value == nullptr) {
    return invalid_params("`" + std::string(key) + "` is missing or no string");
  }
  return *value;
}

// The `arguments` of a request; an empty object where there are none.
Result<Json> arguments_of(const Json& params) {
  const Json* given = member(params, "arguments");
  if (given == nullptr) {
    return Json::object();
  }
  if (!given->is_object()) {
    return invalid_params("`arguments` is no object");
  }
  return *given;
}

template <class List>
OrderedJson definitions(const List& features) {
  OrderedJson list = OrderedJson::array();
  for (const auto& feature : features) {
    list.push_back(feature.definition());
  }
  return list;
}

// What a method works with. The lists of definitions get no Context: they do not block.
struct Serving {
  const Features& features;
  const Json& params;
  Era era;
  Context* context;
};

Result<OrderedJson> list_tools(const Serving& in) {
  return OrderedJson{{"tools", definitions(in.features.tools)}};
}

Result<OrderedJson> call_tool(const Serving& in) {
  const auto name = required_string(in.params, "name");
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Tool* tool = in.features.tool(*name);
  if (tool == nullptr) {
    return invalid_params("unknown tool " + in_quotes(*name));
  }
  const auto arguments = arguments_of(in.params);
  if (!arguments) {
    return tl::unexpected(arguments.error());
  }
  ToolResult result = tool->call(*arguments, *in.context);
  OrderedJson out = {{"content", std::move(result.content)}};
  auto& structured = result.structured_content;
  // Before 2026-07-28 structured content is an object.
  if (structured && (in.era == Era::modern || structured->is_object())) {
    out["structuredContent"] = std::move(*structured);
  }
  if (result.is_error) {
    out["isError"] = true;
  }
  return out;
}

Result<OrderedJson> list_prompts(const Serving& in) {
  return OrderedJson{{"prompts", definitions(in.features.prompts)}};
}

Result<OrderedJson> get_prompt(const Serving& in) {
  const auto name = required_string(in.params, "name");
  if (!name) {
    return tl::unexpected(name.error());
  }
  const Prompt* prompt = in.features.prompt(*name);
  if (prompt == nullptr) {
    return invalid_params("unknown prompt " + in_quotes(*name));
  }
  const auto arguments = arguments_of(in.params);
  if (!arguments) {
    return tl::unexpected(arguments.error());
  }
  for (const auto& [key, value] : arguments->items()) {
    if (!value.is_string()) {
      return invalid_params("argument " + in_quotes(key) + " is no string");
    }
  }
  const OrderedJson definition = prompt->definition();
  for (const OrderedJson& argument : definition.value("arguments", OrderedJson::array())) {
    const auto key = argument.at("name").get<std::string>();
    if (argument.value("required", false) && !arguments->contains(key)) {
      return invalid_params("argument " + in_quotes(key) + " is missing");
    }
  }
  return prompt->get(*arguments, *in.context);
}

OrderedJson all_of(const Features& features,
                   std::function<OrderedJson()> ResourceProvider::*entries) {
  OrderedJson all = OrderedJson::array();
  for (const ResourceProvider& provider : features.providers) {
    if (provider.*entries) {
      for (OrderedJson& entry : (provider.*entries)()) {
        all.push_back(std::move(entry));
      }
    }
  }
  return all;
}

Result<OrderedJson> list_resources(const Serving& in) {
  return OrderedJson{{"resources", all_of(in.features, &ResourceProvider::list)}};
}

Result<OrderedJson> list_templates(const Serving& in) {
  return OrderedJson{{"resourceTemplates", all_of(in.features, &ResourceProvider::templates)}};
}

Result<OrderedJson> read_resource(const Serving& in) {
  const auto uri = required_string(in.params, "uri");
  if (!uri) {
    return tl::unexpected(uri.error());
  }
  for (const ResourceProvider& provider : in.features.providers) {
    if (auto contents = provider.read(*uri, *in.context)) {
      return OrderedJson{{"contents", std::move(*contents)}};
    }
  }
  const bool modern = in.era == Era::modern;
  return failure(modern ? ErrorCode::invalid_params : ErrorCode::resource_not_found,
                 "Resource not found: " + in_quotes(*uri), {{"uri", *uri}});
}

Result<OrderedJson> complete(const Serving& in) {
  const Json* ref = object_member(in.params, "ref");
  const Json* argument = object_member(in.params, "argument");
  const std::string* name = argument != nullptr ? string_member(*argument, "name") : nullptr;
  const std::string* value = argument != nullptr ? string_member(*argument, "value") : nullptr;
  if (ref == nullptr || name == nullptr || value == nullptr) {
    return invalid_params("`ref` and `argument` {name, value} are needed");
  }
  auto values = in.features.completer(*ref, *name, *value, *in.context);
  if (!values) {
    return invalid_params("unknown `ref`");
  }
  const std::size_t total = values->size();
  values->resize(std::min(total, kMostCompletions));
  OrderedJson completion = {
      {"values", *values}, {"total", total}, {"hasMore", total > kMostCompletions}};
  return OrderedJson{{"completion", std::move(completion)}};
}

struct Method {
  std::string_view name;
  bool (*offered)(const Features& features);
  bool blocks;
  Result<OrderedJson> (*serve)(const Serving& in);
};

template <Change kKind>
bool offers(const Features& features) {
  return features.offers(kKind);
}

bool completes(const Features& features) {
  return features.completer != nullptr;
}

constexpr std::array<Method, 8> kMethods = {{
    {"tools/list", offers<Change::tools>, false, list_tools},
    {"tools/call", offers<Change::tools>, true, call_tool},
    {"prompts/list", offers<Change::prompts>, false, list_prompts},
    {"prompts/get", offers<Change::prompts>, true, get_prompt},
    {"resources/list", offers<Change::resources>, true, list_resources},
    {"resources/templates/list", offers<Change::resources>, true, list_templates},
    {"resources/read", offers<Change::resources>, true, read_resource},
    {"completion/complete", completes, true, complete},
}};

OrderedJson capabilities(const Options& options, const Features& features) {
  OrderedJson list = OrderedJson::object();
  if (options.list_changed) {
    list["listChanged"] = true;
  }
  OrderedJson out = OrderedJson::object();
  if (completes(features)) {
    out["completions"] = OrderedJson::object();
  }
  if (options.logging) {
    out["logging"] = OrderedJson::object();
  }
  if (features.offers(Change::prompts)) {
    out["prompts"] = list;
  }
  if (features.offers(Change::resources)) {
    out["resources"] = list;
    if (options.subscribe) {
      out["resources"]["subscribe"] = true;
    }
  }
  if (features.offers(Change::tools)) {
    out["tools"] = list;
  }
  return out;
}

OrderedJson with_instructions(const Options& options, OrderedJson result) {
  if (!options.implementation.instructions.empty()) {
    result["instructions"] = options.implementation.instructions;
  }
  return result;
}

}  // namespace

Result<Step> prepare(std::shared_ptr<const Features> features, Request& request, Era era) {
  if (request.method.ends_with("/list") && request.params.contains("cursor")) {
    return invalid_params("unknown `cursor`: there is one page");
  }
  const auto* const method = std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& one) {
    return one.name == request.method && one.offered(*features);
  });
  if (method == kMethods.end()) {
    return failure(ErrorCode::method_not_found, "Method not found: " + in_quotes(request.method));
  }
  if (!method->blocks) {
    return method->serve({*features, request.params, era, nullptr});
  }
  // Shared, because a std::function is copied.
  auto params = std::make_shared<const Json>(std::move(request.params));
  return Job([features = std::move(features), params = std::move(params), era,
              serve = method->serve](Context& context) {
    return serve({*features, *params, era, &context});
  });
}

OrderedJson server_info(const Options& options) {
  const Implementation& server = options.implementation;
  OrderedJson info = {{"name", server.name}};
  if (!server.title.empty()) {
    info["title"] = server.title;
  }
  info["version"] = server.version;
  return info;
}

OrderedJson discover(const Options& options, const Features& features) {
  return with_instructions(options, {{"supportedVersions", OrderedJson::array({kModernVersion})},
                                     {"capabilities", capabilities(options, features)}});
}

OrderedJson initialize(const Options& options, const Features& features, std::string_view version) {
  return with_instructions(options, {{"protocolVersion", version},
                                     {"capabilities", capabilities(options, features)},
                                     {"serverInfo", server_info(options)}});
}

void finish_modern(const Options& options, std::string_view method, OrderedJson& result) {
  if (!result.contains("resultType")) {
    result["resultType"] = "complete";
  }
  const bool is_read = method == "resources/read";
  const bool is_list = method == "server/discover" || method.ends_with("/list");
  if ((is_read || is_list) && result["resultType"] == "complete") {
    result["ttlMs"] = is_read ? options.read_ttl_ms : options.list_ttl_ms;
    result["cacheScope"] = options.public_cache ? "public" : "private";
  }
  result["_meta"][std::string(kMetaServerInfo)] = server_info(options);
}

}  // namespace mcp
