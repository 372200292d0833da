// Where a service's image stands in the Flux repository (specification, section 3,
// `lookup_service`). Reads local files only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/config/project.h"

namespace engine {

struct LookupRequest {
  ProjectRequest project;
  std::string service;
};

struct ServiceLookup {
  std::string service;
  std::string image_group;
  std::string file;
  std::string image_name;
  std::string type;
  std::optional<std::string> kustomization;
  std::optional<std::string> namespace_name;
  std::optional<std::string> deployment;
  std::optional<std::string> description;
  std::vector<std::string> services_affected;
  std::string catalog_file;
  std::optional<std::string> catalog_generated_at;
  std::vector<std::string> warnings;  // where the catalog may be of another environment
};

// What a lookup is answered from. As long as this is the same, so are the answers.
struct LookupSource {
  std::shared_ptr<const Catalog> catalog;
  std::vector<std::string> warnings;  // as ServiceLookup::warnings
};

// The catalog of the project's environment.
Result<LookupSource> find_lookup_source(const Host& host, const ProjectRequest& project,
                                        const CallContext& call = {});
// `unknown_service`, `no_image_group`, `bad_config`.
Result<ServiceLookup> look_up(const LookupSource& source, std::string_view service);

// Both of these.
Result<ServiceLookup> lookup_service(const Host& host, const LookupRequest& request,
                                     const CallContext& call = {});

// The names of the services of the active rwenv's catalog, in the catalog's order.
Result<std::vector<std::string>> list_services(const Host& host, const ProjectRequest& project,
                                               const CallContext& call = {});

}  // namespace engine
