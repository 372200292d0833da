#include "engine/lookup_service.h"

#include <utility>

#include "engine/config/active_rwenv.h"
#include "engine/config/catalog_scope.h"
#include "engine/config/load_catalog.h"
#include "engine/config/rwenv.h"

namespace engine {
namespace {

// A lookup needs no envs.json, so that one which cannot be read is no reason to refuse it.
std::vector<std::string> warnings_of(const Catalog& catalog, const ActiveRwenv& active) {
  if (!catalog.flux_path()) {
    return {};
  }
  const auto rwenv = load_rwenv(active.config_directory, active.name);
  const auto other = rwenv ? other_scope(catalog, *rwenv) : std::nullopt;
  return other ? std::vector<std::string>{other->message + " " + other->hint}
               : std::vector<std::string>();
}

}  // namespace

Result<LookupSource> find_lookup_source(const Host& host, const ProjectRequest& project,
                                        const CallContext& call) {
  auto active = find_active_rwenv(host, project, call);
  RETURN_IF_FAILED(active);
  auto catalog = load_catalog(host, active->config_directory, active->name);
  RETURN_IF_FAILED(catalog);
  auto warnings = warnings_of(**catalog, *active);
  return LookupSource{std::move(*catalog), std::move(warnings)};
}

Result<ServiceLookup> look_up(const LookupSource& source, std::string_view service_name) {
  const Catalog& catalog = *source.catalog;
  auto service = catalog.find_service(service_name);
  RETURN_IF_FAILED(service);
  auto group = catalog.find_image_group(*service);
  RETURN_IF_FAILED(group);
  ServiceLookup lookup;
  lookup.services_affected = catalog.services_of(*group);
  lookup.service = std::move(service->name);
  lookup.image_group = std::move(group->name);
  lookup.file = std::move(group->file);
  lookup.image_name = std::move(group->image_name);
  lookup.type = std::move(group->type);
  lookup.kustomization = service->kustomization ? service->kustomization : group->kustomization;
  lookup.namespace_name = service->namespace_name ? service->namespace_name : group->namespace_name;
  lookup.deployment = std::move(service->deployment);
  lookup.description = std::move(service->description);
  lookup.catalog_file = catalog.file().string();
  lookup.catalog_generated_at = catalog.generated_at();
  lookup.warnings = source.warnings;
  return lookup;
}

Result<ServiceLookup> lookup_service(const Host& host, const LookupRequest& request,
                                     const CallContext& call) {
  auto source = find_lookup_source(host, request.project, call);
  RETURN_IF_FAILED(source);
  return look_up(*source, request.service);
}

Result<std::vector<std::string>> list_services(const Host& host, const ProjectRequest& project,
                                               const CallContext& call) {
  auto catalog = load_active_catalog(host, project, call);
  RETURN_IF_FAILED(catalog);
  return (*catalog)->service_names();
}

}  // namespace engine
