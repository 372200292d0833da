// The prompt `status` of tools/features.h.
#include <string>

#include "json/parse.h"
#include "tools/features.h"
#include "tools/render.h"

namespace tools {
namespace {

std::string service_of(const Json& arguments) {
  const auto found = arguments.find("service");
  return found != arguments.end() && found->is_string()
             ? sanitize_line(found->get_ref<const std::string&>())
             : std::string();
}

OrderedJson definition() {
  OrderedJson service = {
      {"name", "service"},
      {"title", "Service"},
      {"description", "The service to look at, such as papi; nothing: the whole environment"},
      {"required", false}};
  OrderedJson out = OrderedJson::object();
  out["name"] = "status";
  out["title"] = "What is deployed, and is it live?";
  out["description"] = "Look at what is set in the project's environment, and whether it runs";
  out["arguments"] = OrderedJson::array();
  out["arguments"].push_back(std::move(service));
  return out;
}

std::string message(const std::string& service) {
  OrderedJson call = OrderedJson::object();
  if (!service.empty()) {
    call["service"] = service;
  }
  return "Look at the environment: call the tool `rollout_status` with the arguments " +
         json::dump(call) +
         ". Then show me the report as it is, with its warnings. Do nothing else before or after: "
         "the tool asks git, Flux and the cluster. If it refuses, tell me the message and what to "
         "do.";
}

}  // namespace

mcp::Prompt status_prompt() {
  const auto get = [](const Json& arguments, mcp::Context&) {
    OrderedJson entry = OrderedJson::object();
    entry["role"] = "user";
    entry["content"] = mcp::text_content(message(service_of(arguments)));
    OrderedJson out = OrderedJson::object();
    out["description"] = "What is deployed, and is it live?";
    out["messages"] = OrderedJson::array();
    out["messages"].push_back(std::move(entry));
    return out;
  };
  return {"status", definition, get};
}

}  // namespace tools
