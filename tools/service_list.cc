#include "tools/service_list.h"

#include <algorithm>
#include <utility>

#include "json/parse.h"
#include "tools/arguments.h"
#include "tools/render.h"

namespace tools {

std::optional<std::string> image_group_of(const engine::Catalog& catalog,
                                          const std::string& service) {
  engine::Result<engine::Service> found = catalog.find_service(service);
  return found ? std::move(found->image_group) : std::nullopt;
}

bool can_be_offered(std::string_view name) {
  return !has_control_characters(name) && sanitize_line(name) == name;
}

engine::Error no_services(const engine::Catalog& catalog) {
  return {engine::Code::bad_config,
          catalog.file().empty()
              ? "There is no catalog of services (services.json)."
              : "The catalog " + sanitize_line(catalog.file().string()) + " has no services.",
          catalog.how_to_get_services()};
}

std::string services_json(const engine::Catalog& catalog) {
  const auto text = [](std::string_view value) { return json::dump(Json(sanitize_line(value))); };
  std::string out = "{";
  if (!catalog.file().empty()) {
    out += R"("catalogFile":)" + text(catalog.file().string()) + ",";
  }
  if (catalog.generated_at()) {
    out += R"("catalogGeneratedAt":)" + text(*catalog.generated_at()) + ",";
  }
  out += R"("services":[)";
  bool first = true;
  for (const std::string& name : catalog.service_names()) {
    out += (first ? "" : ",") + (R"({"service":)" + text(name));
    first = false;
    if (const std::optional<std::string> group = image_group_of(catalog, name)) {
      out += R"(,"imageGroup":)" + text(*group);
    }
    out += "}";
  }
  return out + "]}";
}

std::vector<std::size_t> withheld_services(const engine::Catalog& catalog) {
  const std::vector<std::string>& names = catalog.service_names();
  std::vector<std::size_t> withheld;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!can_be_offered(names[i])) {
      withheld.push_back(i);
    }
  }
  return withheld;
}

std::string services_report(const engine::Catalog& catalog) {
  std::size_t width = 0;
  for (const std::string& name : catalog.service_names()) {
    width = std::max(width, sanitize_line(name).size());
  }
  std::string out;
  for (const std::string& name : catalog.service_names()) {
    std::string line = sanitize_line(name);
    if (const std::optional<std::string> group = image_group_of(catalog, name)) {
      line += std::string(width + 2 - line.size(), ' ') + sanitize_line(*group);
    }
    out += (out.empty() ? "" : "\n") + line;
  }
  return truncate_with_notice(std::move(out));
}

}  // namespace tools
