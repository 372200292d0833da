#include "engine/catalog.h"

#include <algorithm>
#include <utility>

#include "engine/catalog_cache.h"
#include "engine/nearest.h"
#include "engine/state_directory.h"
#include "engine/text.h"
#include "json/parse.h"
#include "json/reader.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr auto kNull = json::ObjectReader::Null::same_as_missing;
constexpr const char* kInPlugin = "skills/flux-infra-guide/data/services.json";

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    out += (out.empty() ? "" : ", ") + name;
  }
  return out;
}

std::string pointer(std::string_view section, std::string_view name) {
  std::string out = "/" + std::string(section) + "/";
  for (const char c : name) {
    out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  }
  return out;
}

}  // namespace

std::optional<fs::path> named_catalog(const Host& host) {
  if (host.services_file) {
    return host.working_directory / *host.services_file;
  }
  if (const auto file = host.environment.get("ROLLOUT_SERVICES_FILE")) {
    return host.working_directory / *file;
  }
  return std::nullopt;
}

std::vector<fs::path> catalog_places(const Host& host, const fs::path& config_directory,
                                     std::string_view rwenv) {
  std::vector<fs::path> places = {catalog_place(host, config_directory, rwenv)};
  // Beside a user's own, that of the shared directory.
  fs::path shared = config_directory / "flux-infra-guide" / rwenv / "services.json";
  if (shared != places.front()) {
    places.push_back(std::move(shared));
  }
  if (const auto plugin = host.environment.get("CLAUDE_PLUGIN_ROOT")) {
    places.push_back(fs::path(*plugin) / kInPlugin);
  }
  if (!host.executable.empty()) {  // <plugin>/bin/rollout-mcp
    places.push_back(host.executable.parent_path().parent_path() / kInPlugin);
  }
  return places;
}

Result<std::shared_ptr<const Catalog>> load_catalog(const Host& host,
                                                    const fs::path& config_directory,
                                                    std::string_view rwenv) {
  CatalogCache none_kept;
  CatalogCache& cache = host.catalogs != nullptr ? *host.catalogs : none_kept;
  const auto named = named_catalog(host);
  const auto places =
      named ? std::vector<fs::path>{*named} : catalog_places(host, config_directory, rwenv);
  for (const fs::path& place : places) {
    auto catalog = cache.read(place);
    if (!catalog || *catalog != nullptr) {
      return catalog;
    }
  }
  if (named) {
    return fail(
        Code::bad_config,
        "The services file " + printable_line(named->string()) + " does not exist.",
        "Correct `--services` or ROLLOUT_SERVICES_FILE, or drop it to use the usual places.");
  }
  return std::make_shared<const Catalog>(places);
}

Result<Catalog> Catalog::parse(std::string text, const fs::path& file) {
  auto config = parse_config(std::move(text), file);
  if (!config) {
    return failure_of(config);
  }
  Catalog catalog;
  catalog.config_ = std::move(*config);
  if (auto read = catalog.read_sections(); !read) {
    return failure_of(read);
  }
  return catalog;
}

Result<void> Catalog::read_sections() {
  json::ObjectReader in(*config_.value, "", kNull);
  generated_at_ = in.string("generatedAt");
  services_ = in.object("services");
  groups_ = in.object("imageGroups");
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  service_names_ = json::keys_in_order(config_.text, "services");
  index_groups();
  return {};
}

void Catalog::index_groups() {
  for (const std::string& name : service_names_) {
    const Json* service = entry(services_, name);
    const Json* group = service->is_object() ? entry(service, "imageGroup") : nullptr;
    if (group != nullptr && group->is_string()) {
      services_of_group_[group->get_ref<const std::string&>()].push_back(name);
    }
  }
}

const Json* Catalog::entry(const Json* section, std::string_view name) const {
  if (section == nullptr) {
    return nullptr;
  }
  const auto found = section->find(name);
  return found == section->end() ? nullptr : &*found;
}

Result<Service> Catalog::find_service(std::string_view name) const {
  const Json* value = entry(services_, name);
  if (value == nullptr) {
    const auto near = nearest(name, service_names_);
    std::string hint;
    if (!near.empty()) {
      hint = "Nearest names: " + printable_line(joined(near)) + ".";
    } else if (!looked_at_.empty()) {
      hint = "There is no catalog; looked for:";
      for (const fs::path& place : looked_at_) {
        hint += " " + printable_line(place.string());
      }
    }
    return fail(
        Code::unknown_service,
        "Service '" + printable_line(name, 200) +
            "' not found in flux-infra-guide. Run `/flux-infra-guide-regenerate` or provide the "
            "file path manually.",
        std::move(hint), {{"nearest", near}});
  }
  json::ObjectReader in(*value, pointer("services", name), kNull);
  Service service{.name = std::string(name)};
  service.image_group = in.string("imageGroup");
  service.kustomization = in.string("kustomization");
  service.namespace_name = in.string("namespace");
  service.deployment = in.string("deployment");
  service.description = in.string("description");
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  return service;
}

Result<ImageGroup> Catalog::find_image_group(const Service& service) const {
  const std::string name = service.image_group.value_or("");
  const Json* value = name.empty() ? nullptr : entry(groups_, name);
  if (value == nullptr || value->is_null()) {
    return fail(Code::no_image_group,
                "No imageGroup configured for '" + printable_line(service.name, 200) +
                    "'. Update services.json or provide the file path manually.",
                name.empty()
                    ? ""
                    : "It names the image group '" + printable_line(name, 200) + "', which " +
                          printable_line(file().string()) + " does not have.");
  }
  json::ObjectReader in(*value, pointer("imageGroups", name), kNull);
  in.require("file");
  in.require("imageName");
  ImageGroup group{.name = name};
  group.file = in.string("file").value_or("");
  group.image_name = in.string("imageName").value_or("");
  group.type = in.string("type").value_or("kustomize-images");
  group.path = in.string("path");
  group.services = in.strings("services").value_or(std::vector<std::string>());
  group.kustomization = in.string("kustomization");
  group.namespace_name = in.string("namespace");
  if (in.problem()) {
    return bad_field(config_, *in.problem());
  }
  return group;
}

std::vector<std::string> Catalog::image_names() const {
  std::vector<std::string> names;
  if (groups_ == nullptr) {
    return names;
  }
  for (const Json& group : *groups_) {
    const Json* const name = group.is_object() ? entry(&group, "imageName") : nullptr;
    if (name != nullptr && name->is_string()) {
      names.push_back(name->get<std::string>());
    }
  }
  return names;
}

std::vector<std::string> Catalog::services_of(const ImageGroup& group) const {
  if (!group.services.empty()) {
    return group.services;
  }
  const auto services = services_of_group_.find(group.name);
  return services == services_of_group_.end() ? std::vector<std::string>() : services->second;
}

}  // namespace engine
