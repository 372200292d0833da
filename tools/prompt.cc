// The prompts of tools/features.h: what a person picks from a client's list of prompts.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "json/parse.h"
#include "tools/features.h"
#include "tools/render.h"

namespace tools {
namespace {

std::string argument(const Json& arguments, const char* name) {
  const auto found = arguments.find(name);
  return found != arguments.end() && found->is_string()
             ? sanitize_line(found->get_ref<const std::string&>())
             : std::string();
}

// What is not clearly a no is taken for a yes: that is the side on which nothing is changed.
bool wants_dry_run(const std::string& text) {
  constexpr std::array<std::string_view, 5> kNo = {"", "false", "no", "0", "off"};
  return std::ranges::find(kNo, engine::in_lower_case(text)) == kNo.end();
}

OrderedJson service_argument(const std::string& purpose) {
  return {
      {"name", "service"},
      {"title", "Service"},
      {"description", "The service to " + purpose + ", by its name in the catalog, such as papi"},
      {"required", false}};
}

OrderedJson rollout_definition() {
  OrderedJson dry_run = {{"name", "dryRun"},
                         {"title", "Dry run"},
                         {"description", "true: only show the change"},
                         {"required", false}};
  OrderedJson out = OrderedJson::object();
  out["name"] = "rollout";
  out["title"] = "Roll out the current branch";
  out["description"] = "Deploy the current feature branch to the project's environment";
  out["arguments"] = OrderedJson::array();
  out["arguments"].push_back(service_argument("roll out"));
  out["arguments"].push_back(std::move(dry_run));
  return out;
}

OrderedJson rollback_definition() {
  OrderedJson out = OrderedJson::object();
  out["name"] = "rollback";
  out["title"] = "Put an image back";
  out["description"] = "Put a service's image back to the tag that was there before yours";
  out["arguments"] = OrderedJson::array();
  out["arguments"].push_back(service_argument("put back"));
  out["arguments"].push_back(
      OrderedJson{{"name", "to"},
                  {"title", "Tag"},
                  {"description",
                   "The tag to go back to, one that was there; without it, the one before yours"},
                  {"required", false}});
  return out;
}

std::string rollback_message(const std::string& service, const std::string& to) {
  OrderedJson call = OrderedJson::object();
  if (!service.empty()) {
    call["service"] = service;
  }
  if (!to.empty()) {
    call["to"] = to;
  }
  std::string text = to.empty() ? "Put back the image that I rolled out: call the tool `rollback`"
                                : "Put back the image: call the tool `rollback`";
  text += call.empty() ? "." : " with the arguments " + json::dump(call) + ".";
  if (service.empty()) {
    text +=
        " I have not named a service: pass the one that the conversation is about, or ask me "
        "which one is meant.";
  }
  return text +
         " Then show me the report as it is, with its warnings. Do nothing else before or after. "
         "If it refuses, tell me the message and what to do; never pass a tag to go back to that "
         "I have not named.";
}

std::string rollout_message(const std::string& service, bool dry_run) {
  OrderedJson call = OrderedJson::object();
  if (!service.empty()) {
    call["service"] = service;
  }
  if (dry_run) {
    call["dryRun"] = true;
  }
  std::string text =
      "Roll out the image of the current branch: call the tool `rollout` with the "
      "arguments " +
      json::dump(call) + ".";
  if (service.empty()) {
    text += " I have not named a service: if the conversation says which one is meant, pass it.";
  }
  text +=
      " Then show me the report as it is, with its warnings. Do nothing else before or after: "
      "the tool computes the tag, edits the Flux repository, commits and pushes. If it refuses, "
      "tell me the message and what to do.";
  return text;
}

OrderedJson prompt_result(const char* description, const std::string& message) {
  OrderedJson entry = OrderedJson::object();
  entry["role"] = "user";
  entry["content"] = mcp::text_content(message);
  OrderedJson out = OrderedJson::object();
  out["description"] = description;
  out["messages"] = OrderedJson::array();
  out["messages"].push_back(std::move(entry));
  return out;
}

}  // namespace

mcp::Prompt rollout_prompt() {
  const auto get = [](const Json& arguments, mcp::Context&) {
    return prompt_result("Roll out the current branch",
                         rollout_message(argument(arguments, "service"),
                                         wants_dry_run(argument(arguments, "dryRun"))));
  };
  return {"rollout", rollout_definition, get};
}

mcp::Prompt rollback_prompt() {
  const auto get = [](const Json& arguments, mcp::Context&) {
    return prompt_result("Put an image back", rollback_message(argument(arguments, "service"),
                                                               argument(arguments, "to")));
  };
  return {"rollback", rollback_definition, get};
}

}  // namespace tools
