#include "tools/choose_service.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "engine/config/active_rwenv.h"
#include "engine/config/load_catalog.h"
#include "engine/config/project_services.h"
#include "tools/arguments.h"
#include "tools/confirm_rwenv.h"
#include "tools/form.h"
#include "tools/render.h"
#include "tools/service_list.h"

namespace tools {
namespace {

// In a sentence and in the details; a catalog may have 100,000.
constexpr std::size_t kMaxListed = 100;
// In a choice; with more of them, the person writes the name.
constexpr std::size_t kMaxOffered = 1000;

std::string listed(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMaxListed); ++i) {
    out += (i == 0 ? "" : ", ") + sanitize_line(names[i]);
  }
  if (names.size() > kMaxListed) {
    out += " and " + std::to_string(names.size() - kMaxListed) + " more";
  }
  return out;
}

engine::Details details_of(const std::vector<std::string>& names) {
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMaxListed));
  engine::Details details = {{"services", std::vector<std::string>(names.begin(), end)}};
  if (names.size() > kMaxListed) {
    details.emplace_back("serviceCount", static_cast<std::int64_t>(names.size()));
  }
  return details;
}

engine::Error not_chosen(engine::Code code, std::string_view how,
                         const std::vector<std::string>& names) {
  return {code, "No service was chosen: the question " + std::string(how) + ".",
          "Nothing was changed. Name one of the services: " + listed(names) + ".",
          details_of(names)};
}

void add_choice(const engine::Catalog& catalog, const std::vector<std::string>& services,
                OrderedJson& property) {
  // `enum` with `enumNames` is the one form of a choice with titles that every revision with
  // elicitation knows.
  OrderedJson names = OrderedJson::array();
  OrderedJson titles = OrderedJson::array();
  for (const std::string& name : services) {
    if (!can_be_offered(name)) {
      continue;
    }
    const std::optional<std::string> group = image_group_of(catalog, name);
    names.push_back(name);
    titles.push_back(sanitize_line(name) + (group ? " (" + sanitize_line(*group) + ")" : ""));
  }
  property["enum"] = std::move(names);
  property["enumNames"] = std::move(titles);
}

}  // namespace

engine::Error service_missing(const ServiceChoice& choice) {
  const std::vector<std::string>& names = choice.names();
  if (names.empty()) {
    engine::Error error = no_services(*choice.catalog);
    error.message = "Argument service is missing. " + error.message;
    error.code = engine::Code::bad_argument;
    return error;
  }
  engine::Error error =
      bad_argument({"/service", "",
                    std::string(choice.of_project.empty() ? "one of the services in the catalog"
                                                          : "one of the project's services") +
                        ": " + listed(names)});
  error.hint = "Ask the user which of them is meant, then call the tool again with service.";
  error.details = details_of(names);
  error.details.insert(error.details.begin(), {"argument", "service"});
  return error;
}

engine::Result<ServiceChoice> find_service_choice(const engine::Host& host,
                                                  const engine::ProjectRequest& project,
                                                  std::shared_ptr<const engine::Catalog> catalog,
                                                  const engine::CallContext& call) {
  auto own = engine::project_services(host, project, *catalog, call);
  RETURN_IF_FAILED(own);
  return ServiceChoice{std::move(catalog), std::move(*own)};
}

OrderedJson service_question(const ServiceChoice& choice) {
  const std::vector<std::string>& names = choice.names();
  OrderedJson properties = OrderedJson::object();
  OrderedJson& property = properties["service"];
  property["type"] = "string";
  property["title"] = "Service";
  property["description"] = "The services that share the image are rolled out together.";
  const std::size_t count = names.size();
  if (count <= kMaxOffered) {
    add_choice(*choice.catalog, names, property);
  } else {
    property["description"] = "The name of one of the " + std::to_string(count) +
                              " services in the catalog, as it is written there. The services "
                              "that share the image are rolled out together.";
  }

  return form("Which service do you want to roll out?", std::move(properties),
              OrderedJson::array({"service"}));
}

engine::Result<std::string> read_service_answer(const ServiceChoice& choice, const Json& answer) {
  const std::vector<std::string>& names = choice.names();
  auto chosen = read_choice(answer, "service", [&](engine::Code code, std::string_view how) {
    return not_chosen(code, how, names);
  });
  RETURN_IF_FAILED(chosen);
  if (std::ranges::find(names, *chosen) == names.end()) {
    return engine::Failure(service_missing(choice));
  }
  return chosen;
}

engine::Result<std::string> choose_service(const engine::Host& host,
                                           const engine::ProjectRequest& project,
                                           mcp::Context& context) {
  const engine::CallContext call{context.stop_token(), {}};
  auto active = engine::find_active_rwenv(host, project, call);
  RETURN_IF_FAILED(active);
  auto catalog = engine::load_catalog(host, active->config_directory, active->name);
  RETURN_IF_FAILED(catalog);
  auto choice = find_service_choice(host, project, std::move(*catalog), call);
  RETURN_IF_FAILED(choice);
  if (choice->is_settled()) {
    return choice->names().front();
  }
  if (choice->names().empty()) {
    return engine::Failure(service_missing(*choice));
  }
  const auto answer =
      ask_user(context, "service", service_question(*choice), subject_of(*active, project));
  if (!answer) {
    return engine::Failure(service_missing(*choice));
  }
  return read_service_answer(*choice, *answer);
}

}  // namespace tools
