#include "mcp/methods.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "json/parse.h"
#include "json/reader.h"

namespace mcp {
namespace {

constexpr std::size_t kMaxPromptArgument = 1024;

// What a method works with. The lists of definitions get no Context: they do not block.
struct Serving {
  const Features& features;
  const Json& params;
  Era era;
  Context* context = nullptr;
  const Tool* tool = nullptr;  // that is called; null if there is none of its name
};

// The `arguments` of a request; an empty object where there are none.
Json arguments_of(const Json& params) {
  Json arguments = value_or(params, "arguments", Json::object());
  require(arguments.is_object(), "`arguments` is no object");
  return arguments;
}

// An argument that is null is one that was left out.
Json without_nulls(const Json& arguments) {
  Json given = Json::object();
  for (const auto& [key, value] : arguments.items()) {
    if (!value.is_null()) {
      given[key] = value;
    }
  }
  return given;
}

template <class Feature>
OrderedJson definitions(const std::vector<Feature>& features) {
  OrderedJson list = OrderedJson::array();
  for (const Feature& feature : features) {
    list.push_back(feature.definition());
  }
  return list;
}

MethodResult list_tools(const Serving& in) {
  return OrderedJson{{"tools", definitions(in.features.tools)}};
}

OrderedJson object_of(ToolResult result) {
  OrderedJson out = {{"content", std::move(result.content)}};
  if (result.structured_content) {
    out["structuredContent"] = std::move(*result.structured_content);
  }
  if (result.is_error) {
    out["isError"] = true;
  }
  return out;
}

MethodResult call_tool(const Serving& in) {
  const std::string& name = required_string(in.params, "name");
  if (in.tool == nullptr) {
    throw invalid_params("unknown tool " + json::in_words(name));
  }
  ToolAnswer answer = in.tool->call(arguments_of(in.params), *in.context);
  if (auto* const rendered = std::get_if<RenderedResult>(&answer)) {
    return std::move(*rendered);
  }
  auto& result = std::get<ToolResult>(answer);
  // Before 2026-07-28 structured content is an object.
  if (in.era != Era::modern && result.structured_content &&
      !result.structured_content->is_object()) {
    result.structured_content.reset();
  }
  return object_of(std::move(result));
}

MethodResult list_prompts(const Serving& in) {
  return OrderedJson{{"prompts", definitions(in.features.prompts)}};
}

// `declared` is the list in the prompt's definition.
void check_prompt_arguments(const OrderedJson& declared, const Json& arguments) {
  const auto refuse = [](std::string_view key, std::string_view problem) {
    throw invalid_params("argument " + json::in_words(key) + " " + std::string(problem));
  };
  std::set<std::string> names;
  for (const OrderedJson& argument : declared) {
    const auto key = argument.at("name").get<std::string>();
    if (argument.value("required", false) && value_or(arguments, key, nullptr).is_null()) {
      refuse(key, "is missing");
    }
    names.insert(key);
  }
  for (const auto& [key, value] : arguments.items()) {
    if (!names.contains(key)) {
      refuse(key, "is not known");
    }
    const auto* text = value.get_ptr<const std::string*>();
    if (text == nullptr && !value.is_null()) {
      refuse(key, "is no string");
    } else if (text != nullptr && text->size() > kMaxPromptArgument) {
      refuse(key, "is longer than " + std::to_string(kMaxPromptArgument) + " bytes");
    }
  }
}

MethodResult get_prompt(const Serving& in) {
  const std::string& name = required_string(in.params, "name");
  const Prompt* prompt = find(in.features.prompts, name);
  if (prompt == nullptr) {
    throw invalid_params("unknown prompt " + json::in_words(name));
  }
  const Json arguments = arguments_of(in.params);
  check_prompt_arguments(prompt->definition().value("arguments", OrderedJson::array()), arguments);
  return prompt->get(without_nulls(arguments), *in.context);
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

MethodResult list_resources(const Serving& in) {
  return OrderedJson{{"resources", all_of(in.features, &ResourceProvider::list)}};
}

MethodResult list_templates(const Serving& in) {
  return OrderedJson{{"resourceTemplates", all_of(in.features, &ResourceProvider::templates)}};
}

MethodResult read_resource(const Serving& in) {
  const std::string& uri = required_string(in.params, "uri");
  for (const ResourceProvider& provider : in.features.providers) {
    if (auto contents = provider.read(uri, *in.context)) {
      return OrderedJson{{"contents", std::move(*contents)}};
    }
  }
  throw RpcError{in.era == Era::modern ? ErrorCode::invalid_params : ErrorCode::resource_not_found,
                 "Resource not found: " + json::in_words(uri), OrderedJson{{"uri", uri}}};
}

MethodResult complete(const Serving& in) {
  const Json* ref = object_member(in.params, "ref");
  const Json* argument = object_member(in.params, "argument");
  const std::string* name = argument != nullptr ? string_member(*argument, "name") : nullptr;
  const std::string* value = argument != nullptr ? string_member(*argument, "value") : nullptr;
  require(ref != nullptr && name != nullptr && value != nullptr,
          "`ref` and `argument` {name, value} are needed");
  const Json* context = object_member(in.params, "context");
  const Json* others = context != nullptr ? object_member(*context, "arguments") : nullptr;
  auto found = in.features.completer(*ref, *name, *value,
                                     others != nullptr ? *others : Json::object(), *in.context);
  require(found.has_value(), "unknown `ref`");
  const std::size_t total = std::max(found->total, found->values.size());
  found->values.resize(std::min(found->values.size(), kMaxCompletions));
  return OrderedJson{
      {"completion",
       {{"values", found->values}, {"total", total}, {"hasMore", total > kMaxCompletions}}}};
}

// Some clients say so by an empty cursor, or by null.
bool is_first_page(const Json& params) {
  const Json cursor = value_or(params, "cursor", "");
  return cursor.is_string() && cursor.get_ref<const std::string&>().empty();
}

bool is_large(const Features& features, const Json& params) {
  const std::string* const uri = string_member(params, "uri");
  return uri != nullptr && std::ranges::any_of(features.providers, [&](const auto& provider) {
           return provider.large && provider.large(*uri);
         });
}

struct Method {
  std::string_view name;
  bool blocks;
  MethodResult (*serve)(const Serving& in);
};
constexpr std::array<Method, 8> kMethods = {{
    {"tools/list", false, list_tools},
    {"tools/call", true, call_tool},
    {"prompts/list", false, list_prompts},
    {"prompts/get", true, get_prompt},
    {"resources/list", true, list_resources},
    {"resources/templates/list", true, list_templates},
    {"resources/read", true, read_resource},
    {"completion/complete", true, complete},
}};

// True if there is something that methods with this beginning are about.
bool offers(const Features& features, std::string_view kind) {
  return (kind == "tools" && !features.tools.empty()) ||
         (kind == "prompts" && !features.prompts.empty()) ||
         (kind == "resources" && !features.providers.empty()) ||
         (kind == "completion" && features.completer);
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

}  // namespace

std::variant<MethodResult, Job> dispatch(std::shared_ptr<const Features> features, Request& request,
                                         Era era) {
  const auto* const method = std::find_if(kMethods.begin(), kMethods.end(), [&](const Method& one) {
    return one.name == request.method && offers(*features, one.name.substr(0, one.name.find('/')));
  });
  if (method == kMethods.end()) {
    throw RpcError{ErrorCode::method_not_found,
                   "Method not found: " + json::in_words(request.method)};
  }
  require(!method->name.ends_with("/list") || is_first_page(request.params),
          "unknown `cursor`: there is one page");
  if (!method->blocks) {
    return method->serve({*features, request.params, era});
  }
  const std::string* name = string_member(request.params, "name");
  const Tool* tool =
      method->serve == call_tool && name != nullptr ? find(features->tools, *name) : nullptr;
  const bool slow = tool != nullptr && tool->slow;
  const bool large = method->serve == read_resource && is_large(*features, request.params);
  // Shared, because a std::function is copied.
  auto params = std::make_shared<const Json>(std::move(request.params));
  return Job{[features = std::move(features), params = std::move(params), era,
              serve = method->serve, tool](Context& context) {
               return serve({*features, *params, era, &context, tool});
             },
             slow, large};
}

OrderedJson discover_result(const Options& options, const Features& features,
                            std::string_view version) {
  OrderedJson result = OrderedJson::object();
  if (version == kModernVersion) {
    result["supportedVersions"] = OrderedJson::array({kModernVersion});
  } else {
    result["protocolVersion"] = version;
    result["serverInfo"] = server_info(options);
  }
  const OrderedJson nothing = OrderedJson::object();
  const OrderedJson list = options.list_changed ? OrderedJson{{"listChanged", true}} : nothing;
  OrderedJson& out = result["capabilities"] = nothing;
  if (offers(features, "completion")) {
    out["completions"] = nothing;
  }
  if (options.logging) {
    out["logging"] = nothing;
  }
  for (const char* kind : {"prompts", "resources", "tools"}) {
    if (offers(features, kind)) {
      out[kind] = list;
    }
  }
  if (options.subscribe && out.contains("resources")) {
    out["resources"]["subscribe"] = true;
  }
  if (!options.implementation.instructions.empty()) {
    result["instructions"] = options.implementation.instructions;
  }
  return result;
}

OrderedJson make_response(const Options& options, Era era, const Request& request,
                          OrderedJson result) {
  if (era == Era::modern) {
    const std::string_view method = request.method;
    const bool is_read = method == "resources/read";
    const bool is_list = method == "server/discover" || method.ends_with("/list");
    if ((is_read || is_list) && !result.contains("resultType")) {
      result["ttlMs"] = is_read ? options.read_ttl_ms : options.list_ttl_ms;
      result["cacheScope"] = options.public_cache ? "public" : "private";
    }
    result.emplace("resultType", "complete");  // unless it says otherwise
    result["_meta"][std::string(kMetaServerInfo)] = server_info(options);
  }
  OrderedJson message = {{"jsonrpc", "2.0"}, {"id", to_json(request.id)}};
  message["result"] = std::move(result);
  return message;
}

std::string response_line(const Options& options, Era era, const Request& request,
                          MethodResult result) {
  if (auto* const whole = std::get_if<OrderedJson>(&result)) {
    return json::dump(make_response(options, era, request, std::move(*whole)));
  }
  std::string line = json::dump(make_response(options, era, request, OrderedJson::object()));
  // `result` stands last: its members go before the two braces that end the line.
  const std::string& members = *std::get<RenderedResult>(result).members;
  line.reserve(line.size() + 1 + members.size());
  line.resize(line.size() - 2);
  return line.append(line.ends_with('{') ? "" : ",").append(members).append("}}");
}

RenderedResult render(const ToolResult& result) {
  const std::string object = json::dump(object_of(result));
  return {std::make_shared<const std::string>(object, 1, object.size() - 2)};
}

}  // namespace mcp
