#include "engine/lookup_service.h"

#include <utility>

#include "engine/config/active_rwenv.h"

namespace engine {

Result<ServiceLookup> lookup_service(const Host& host, const LookupRequest& request,
                                     const Call& call) {
  auto catalog = load_active_catalog(host, request.project, call);
  if (!catalog) {
    return failure_of(catalog);
  }
  auto service = (*catalog)->find_service(request.service);
  if (!service) {
    return failure_of(service);
  }
  auto group = (*catalog)->find_image_group(*service);
  if (!group) {
    return failure_of(group);
  }
  ServiceLookup lookup;
  lookup.services_affected = (*catalog)->services_of(*group);
  lookup.service = std::move(service->name);
  lookup.image_group = std::move(group->name);
  lookup.file = std::move(group->file);
  lookup.image_name = std::move(group->image_name);
  lookup.type = std::move(group->type);
  lookup.kustomization = service->kustomization ? service->kustomization : group->kustomization;
  lookup.namespace_name = service->namespace_name ? service->namespace_name : group->namespace_name;
  lookup.deployment = std::move(service->deployment);
  lookup.description = std::move(service->description);
  lookup.catalog_file = (*catalog)->file().string();
  lookup.catalog_generated_at = (*catalog)->generated_at();
  return lookup;
}

Result<std::vector<std::string>> list_services(const Host& host, const ProjectRequest& project,
                                               const Call& call) {
  auto catalog = load_active_catalog(host, project, call);
  if (!catalog) {
    return failure_of(catalog);
  }
  return (*catalog)->service_names();
}

}  // namespace engine
