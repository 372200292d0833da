#include "tools/choose_service.h"

#include <algorithm>
#include <utility>

#include "engine/active_rwenv.h"
#include "json/reader.h"
#include "tools/arguments.h"
#include "tools/confirm_rwenv.h"
#include "tools/render.h"
#include "tools/service_list.h"

namespace tools {
namespace {

constexpr const char* kMethod = "elicitation/create";
// In a sentence; the details have all.
constexpr std::size_t kMostListed = 100;

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMostListed); ++i) {
    out += (i == 0 ? "" : ", ") + shown(names[i]);
  }
  if (names.size() > kMostListed) {
    out += " and " + std::to_string(names.size() - kMostListed) + " more";
  }
  return out;
}

engine::Error not_chosen(engine::Code code, std::string_view how, const engine::Catalog& catalog) {
  const std::vector<std::string>& names = catalog.service_names();
  return {code,
          "No service was chosen: the question " + std::string(how) + ".",
          "Nothing was changed. Name one of the services: " + listed(names) + ".",
          {{"services", names}}};
}

}  // namespace

engine::Error service_missing(const engine::Catalog& catalog) {
  const std::vector<std::string>& names = catalog.service_names();
  if (names.empty()) {
    engine::Error error = no_services(catalog);
    error.message = "Argument service is missing. " + error.message;
    error.code = engine::Code::bad_argument;
    return error;
  }
  engine::Error error =
      bad_argument({"/service", "", "one of the services in the catalog: " + listed(names)});
  error.hint = "Ask the user which of them is meant, then call the tool again with service.";
  error.details = {{"argument", "service"}, {"services", names}};
  return error;
}

OrderedJson service_question(const engine::Catalog& catalog) {
  // `enum` with `enumNames` is the one form of a choice with titles that every revision with
  // elicitation knows.
  OrderedJson names = OrderedJson::array();
  OrderedJson titles = OrderedJson::array();
  for (const std::string& name : catalog.service_names()) {
    if (!can_be_offered(name)) {
      continue;
    }
    const std::optional<std::string> group = image_group_of(catalog, name);
    names.push_back(name);
    titles.push_back(shown(name) + (group ? " (" + shown(*group) + ")" : ""));
  }
  OrderedJson property = OrderedJson::object();
  property["type"] = "string";
  property["title"] = "Service";
  property["description"] = "The services that share the image are rolled out together.";
  property["enum"] = std::move(names);
  property["enumNames"] = std::move(titles);

  OrderedJson schema = OrderedJson::object();
  schema["type"] = "object";
  schema["properties"]["service"] = std::move(property);
  schema["required"] = OrderedJson::array({"service"});

  OrderedJson question = OrderedJson::object();
  question["message"] = "Which service do you want to roll out?";
  question["requestedSchema"] = std::move(schema);
  return question;
}

engine::Result<std::string> read_service_answer(const engine::Catalog& catalog,
                                                const Json& answer) {
  json::ObjectReader in(answer, "");
  const std::string action = in.string("action").value_or("");
  if (action == "decline") {
    return engine::Failure(not_chosen(engine::Code::bad_argument, "was answered with no", catalog));
  }
  if (action == "cancel") {
    return engine::Failure(not_chosen(engine::Code::cancelled, "was dismissed", catalog));
  }
  const Json* content = in.object("content");
  if (action != "accept" || content == nullptr) {
    return engine::Failure(service_missing(catalog));
  }
  json::ObjectReader fields(*content, "/content");
  const std::string chosen = fields.string("service").value_or("");
  const std::vector<std::string>& names = catalog.service_names();
  if (std::ranges::find(names, chosen) == names.end()) {
    return engine::Failure(service_missing(catalog));
  }
  return chosen;
}

engine::Result<std::string> choose_service(const engine::Host& host,
                                           const engine::ProjectRequest& project,
                                           mcp::Context& context) {
  auto active = engine::find_active_rwenv(host, project, {context.stop_token(), {}});
  if (!active) {
    return engine::failure_of(active);
  }
  auto catalog = engine::load_catalog(host, active->config_directory, active->name);
  if (!catalog) {
    return engine::failure_of(catalog);
  }
  if ((*catalog)->service_names().empty() || !context.can_ask(kMethod)) {
    return engine::Failure(service_missing(**catalog));
  }
  try {
    const std::vector<Json> answers =
        context.ask({{"service", kMethod, service_question(**catalog)}}, mcp::Proof::asked,
                    subject_of(*active));
    return read_service_answer(**catalog, answers.empty() ? Json() : answers.front());
  } catch (const mcp::NotAnswered&) {
    return engine::Failure(service_missing(**catalog));
  }
}

}  // namespace tools
