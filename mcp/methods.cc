#include "mcp/methods.h"

#include <memory>
#include <utility>

#include "json/parse.h"

namespace mcp {
namespace {

constexpr std::size_t kMostCompletions = 100;  // specification, completion values

OrderedJson tool_result(ToolResult result, Era era) {
  OrderedJson out = {{"content", std::move(result.content)}};
  // Before 2026-07-28 structured content is an object.
  if (result.structured_content && (era == Era::modern || result.structured_content->is_object())) {
    out["structuredContent"] = std::move(*result.structured_content);
  }
  if (result.is_error) {
    out["isError"] = true;
  }
  return out;
}

template <class Feature>
OrderedJson definitions(const Registry::List<Feature>& features) {
  OrderedJson list = OrderedJson::array();
  for (const auto& feature : features) {
    list.push_back(feature->definition());
  }
  return list;
}

// The `arguments` of a request, taken out of its params.
Result<Json> take_arguments(Json& params) {
  const auto given = params.find("arguments");
  if (given == params.end()) {
    return Json::object();
  }
  if (!given->is_object()) {
    return tl::unexpected(invalid_params("`arguments` is no object"));
  }
  return std::move(*given);
}

std::string in_quotes(std::string_view text) {
  return json::dump(Json(text));
}

}  // namespace

RpcError method_not_found(std::string_view method) {
  return {ErrorCode::method_not_found, "Method not found: " + in_quotes(method)};
}

RpcError invalid_params(std::string_view problem) {
  return {ErrorCode::invalid_params, "Invalid params: " + std::string(problem)};
}

Methods::Methods(const Options& options, const Registry& registry)
    : options_(options), registry_(registry) {}

OrderedJson Methods::server_info() const {
  const Implementation& server = options_.implementation;
  OrderedJson info = {{"name", server.name}};
  if (!server.title.empty()) {
    info["title"] = server.title;
  }
  info["version"] = server.version;
  return info;
}

OrderedJson Methods::capabilities() const {
  OrderedJson list = OrderedJson::object();
  if (options_.list_changed) {
    list["listChanged"] = true;
  }
  OrderedJson out = OrderedJson::object();
  if (registry_.completer() != nullptr) {
    out["completions"] = OrderedJson::object();
  }
  if (options_.logging) {
    out["logging"] = OrderedJson::object();
  }
  if (registry_.offers(Change::prompts)) {
    out["prompts"] = list;
  }
  if (registry_.offers(Change::resources)) {
    out["resources"] = list;
    if (options_.subscribe) {
      out["resources"]["subscribe"] = true;
    }
  }
  if (registry_.offers(Change::tools)) {
    out["tools"] = list;
  }
  return out;
}

OrderedJson Methods::discover() const {
  OrderedJson result = {{"supportedVersions", OrderedJson::array({kModernVersion})},
                        {"capabilities", capabilities()}};
  if (!options_.implementation.instructions.empty()) {
    result["instructions"] = options_.implementation.instructions;
  }
  return result;
}

OrderedJson Methods::initialize(std::string_view version) const {
  OrderedJson result = {{"protocolVersion", version},
                        {"capabilities", capabilities()},
                        {"serverInfo", server_info()}};
  if (!options_.implementation.instructions.empty()) {
    result["instructions"] = options_.implementation.instructions;
  }
  return result;
}

OrderedJson Methods::finish_modern(std::string_view method, OrderedJson result) const {
  if (!result.contains("resultType")) {
    result["resultType"] = "complete";
  }
  const bool is_read = method == "resources/read";
  const bool is_list = method == "server/discover" || method.ends_with("/list");
  if ((is_read || is_list) && result["resultType"] == "complete") {
    result["ttlMs"] = is_read ? options_.read_ttl_ms : options_.list_ttl_ms;
    result["cacheScope"] = options_.public_cache ? "public" : "private";
  }
  result["_meta"][std::string(kMetaServerInfo)] = server_info();
  return result;
}

Result<Step> Methods::prepare(Request& request, const RequestInfo& info) const {
  const std::string_view method = request.method;
  const bool is_list = method.ends_with("/list");
  if (is_list && request.params.contains("cursor")) {
    return tl::unexpected(invalid_params("unknown `cursor`: there is one page"));
  }
  if (method.starts_with("tools/") && registry_.offers(Change::tools)) {
    if (method == "tools/list") {
      return Step(OrderedJson{{"tools", definitions(registry_.tools())}});
    }
    if (method == "tools/call") {
      return call_tool(request, info);
    }
  }
  if (method.starts_with("prompts/") && registry_.offers(Change::prompts)) {
    if (method == "prompts/list") {
      return Step(OrderedJson{{"prompts", definitions(registry_.prompts())}});
    }
    if (method == "prompts/get") {
      return get_prompt(request);
    }
  }
  if (method.starts_with("resources/") && registry_.offers(Change::resources)) {
    if (method == "resources/list" || method == "resources/templates/list") {
      return list_resources(method == "resources/templates/list");
    }
    if (method == "resources/read") {
      return read_resource(request, info);
    }
  }
  if (method == "completion/complete" && registry_.completer() != nullptr) {
    return complete(request);
  }
  return tl::unexpected(method_not_found(method));
}

Result<Step> Methods::call_tool(Request& request, const RequestInfo& info) const {
  const std::string* name = string_member(request.params, "name");
  if (name == nullptr) {
    return tl::unexpected(invalid_params("`name` is missing or no string"));
  }
  auto tool = registry_.tool(*name);
  if (tool == nullptr) {
    return tl::unexpected(invalid_params("unknown tool " + in_quotes(*name)));
  }
  auto arguments = take_arguments(request.params);
  if (!arguments) {
    return tl::unexpected(std::move(arguments.error()));
  }
  auto shared = std::make_shared<const Json>(std::move(*arguments));
  return Step(Job([tool = std::move(tool), shared = std::move(shared),
                   era = info.era](Context& context) -> Result<OrderedJson> {
    return tool_result(tool->call(*shared, context), era);
  }));
}

Result<Step> Methods::get_prompt(Request& request) const {
  const std::string* name = string_member(request.params, "name");
  auto prompt = name != nullptr ? registry_.prompt(*name) : nullptr;
  if (prompt == nullptr) {
    return tl::unexpected(invalid_params(name != nullptr ? "unknown prompt " + in_quotes(*name)
                                                         : "`name` is missing or no string"));
  }
  auto arguments = take_arguments(request.params);
  if (!arguments) {
    return tl::unexpected(std::move(arguments.error()));
  }
  for (const auto& [key, value] : arguments->items()) {
    if (!value.is_string()) {
      return tl::unexpected(invalid_params("argument " + in_quotes(key) + " is no string"));
    }
  }
  const OrderedJson definition = prompt->definition();
  for (const OrderedJson& argument : definition.value("arguments", OrderedJson::array())) {
    const auto key = argument.at("name").get<std::string>();
    if (argument.value("required", false) && !arguments->contains(key)) {
      return tl::unexpected(invalid_params("argument " + in_quotes(key) + " is missing"));
    }
  }
  auto shared = std::make_shared<const Json>(std::move(*arguments));
  return Step(Job([prompt = std::move(prompt), shared = std::move(shared)](Context& context)
                      -> Result<OrderedJson> { return prompt->get(*shared, context); }));
}

Result<Step> Methods::list_resources(bool templates) const {
  return Step(Job([providers = registry_.providers(), templates](Context&) -> Result<OrderedJson> {
    OrderedJson all = OrderedJson::array();
    for (const auto& provider : providers) {
      const auto& entries = templates ? provider->templates : provider->list;
      if (entries) {
        for (OrderedJson& entry : entries()) {
          all.push_back(std::move(entry));
        }
      }
    }
    return OrderedJson{{templates ? "resourceTemplates" : "resources", std::move(all)}};
  }));
}

Result<Step> Methods::read_resource(Request& request, const RequestInfo& info) const {
  const std::string* uri = string_member(request.params, "uri");
  if (uri == nullptr) {
    return tl::unexpected(invalid_params("`uri` is missing or no string"));
  }
  return Step(Job([providers = registry_.providers(), uri = *uri,
                   era = info.era](Context& context) -> Result<OrderedJson> {
    for (const auto& provider : providers) {
      if (auto contents = provider->read(uri, context)) {
        return OrderedJson{{"contents", std::move(*contents)}};
      }
    }
    const auto code =
        era == Era::modern ? ErrorCode::invalid_params : ErrorCode::resource_not_found;
    return tl::unexpected(
        RpcError{code, "Resource not found: " + in_quotes(uri), OrderedJson{{"uri", uri}}});
  }));
}

Result<Step> Methods::complete(Request& request) const {
  const Json* ref = object_member(request.params, "ref");
  const Json* argument = object_member(request.params, "argument");
  const std::string* name = argument != nullptr ? string_member(*argument, "name") : nullptr;
  const std::string* value = argument != nullptr ? string_member(*argument, "value") : nullptr;
  if (ref == nullptr || name == nullptr || value == nullptr) {
    return tl::unexpected(invalid_params("`ref` and `argument` {name, value} are needed"));
  }
  return Step(Job([completer = registry_.completer(), ref = *ref, name = *name,
                   value = *value](Context& context) -> Result<OrderedJson> {
    auto values = (*completer)(ref, name, value, context);
    if (!values) {
      return tl::unexpected(invalid_params("unknown `ref`"));
    }
    const std::size_t total = values->size();
    values->resize(std::min(total, kMostCompletions));
    OrderedJson completion = {
        {"values", *values}, {"total", total}, {"hasMore", total > kMostCompletions}};
    return OrderedJson{{"completion", std::move(completion)}};
  }));
}

}  // namespace mcp
