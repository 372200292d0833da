#include "tools/service_list.h"

#include <algorithm>
#include <utility>

#include "tools/arguments.h"
#include "tools/render.h"

namespace tools {

std::optional<std::string> image_group_of(const engine::Catalog& catalog,
                                          const std::string& service) {
  engine::Result<engine::Service> found = catalog.find_service(service);
  return found ? std::move(found->image_group) : std::nullopt;
}

bool can_be_offered(std::string_view name) {
  return !has_control_characters(name) && shown(name) == name;
}

engine::Error no_services(const engine::Catalog& catalog) {
  return {engine::Code::bad_config,
          catalog.file().empty()
              ? "There is no catalog of services (services.json)."
              : "The catalog " + shown(catalog.file().string()) + " has no services.",
          "Add the services to it, or name a catalog with `--services` or ROLLOUT_SERVICES_FILE."};
}

OrderedJson services_json(const engine::Catalog& catalog) {
  OrderedJson out = OrderedJson::object();
  if (!catalog.file().empty()) {
    out["catalogFile"] = shown(catalog.file().string());
  }
  if (catalog.generated_at()) {
    out["catalogGeneratedAt"] = shown(*catalog.generated_at());
  }
  out["services"] = OrderedJson::array();
  for (const std::string& name : catalog.service_names()) {
    OrderedJson entry = OrderedJson::object();
    entry["service"] = shown(name);
    if (const std::optional<std::string> group = image_group_of(catalog, name)) {
      entry["imageGroup"] = shown(*group);
    }
    out["services"].push_back(std::move(entry));
  }
  return out;
}

std::string services_report(const engine::Catalog& catalog) {
  std::size_t width = 0;
  for (const std::string& name : catalog.service_names()) {
    width = std::max(width, shown(name).size());
  }
  std::string out;
  for (const std::string& name : catalog.service_names()) {
    std::string line = shown(name);
    if (const std::optional<std::string> group = image_group_of(catalog, name)) {
      line += std::string(width + 2 - line.size(), ' ') + shown(*group);
    }
    out += (out.empty() ? "" : "\n") + line;
  }
  return limited(std::move(out));
}

}  // namespace tools
