// Where the tag of a rollout goes: what the catalog says of a service, or what is given by hand.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/config/rwenv.h"
#include "engine/live_place.h"
#include "engine/manifest/edit.h"
#include "engine/rollout_request.h"
#include "engine/wiring/recorded_wiring.h"

namespace engine {

// A place that is to be changed, and whom it concerns.
struct RolloutTarget {
  std::optional<std::string> service;  // that was asked for
  RepositoryPath file;
  TagLocation place;
  std::optional<std::string> image_group;
  std::vector<std::string> services_affected;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  WorkloadName workload = {};         // of the service that was asked for
  RecordedWiring wiring = {};         // empty for a place given by hand, and where none is recorded
  std::vector<std::string> warnings;  // of the catalog, where it says which place that is

  // What reports and the commit message call it.
  const std::string& label() const { return image_group ? *image_group : place.image_name; }
};

// The targets of a request for the rwenv, judged as far as that needs no file of the repository: at
// least one, in the order of the services asked for, and that of services which share one only
// once. `config` is the rwenv configuration directory, `file` the request's; a request without a
// service has one. Fails as load_catalog() and the catalog's lookups do, and with `bad_path` or
// `unsupported_type` (specification, section 7); where several services are asked for, the failure
// names its own. Reads local files only; for any thread.
Result<std::vector<RolloutTarget>> find_rollout_targets(const Host& host,
                                                        const std::filesystem::path& config,
                                                        const Rwenv& rwenv,
                                                        const RolloutRequest& request,
                                                        const std::optional<RepositoryPath>& file);

// What refusals and warnings about one of several services begin with.
std::string service_label(std::string_view service);

}  // namespace engine
