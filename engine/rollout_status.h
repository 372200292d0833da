// What stands in the Flux repository for each image group, and how far the image of one service has
// come to the cluster (specification, section 3, `rollout_status`). Changes nothing anywhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/cluster.h"
#include "engine/config/project.h"
#include "engine/live_follower.h"
#include "engine/rollout_request.h"
#include "engine/status/status.h"
#include "engine/status_group.h"

namespace engine {

struct StatusRequest {
  ProjectRequest project;
  std::optional<std::string> service;  // nothing: all image groups
  // How long to wait for the service to be live, at most kMaxWait.
  std::optional<std::chrono::seconds> wait;
};

struct EnvironmentStatus {
  std::optional<std::string> service;  // that was asked for
  std::string rwenv;
  std::string flux_repo;  // as it may be shown
  std::string branch;
  std::string commit;               // its head
  std::vector<GroupStatus> groups;  // in the catalog's order; of a service its own
  std::optional<LiveStatus> live;   // of a service
  std::vector<std::string> warnings;
};

// Fetches the remote's head, once; older history only where that decides what a service's cluster
// has applied. A place that cannot be read is a problem of its group and not of the call. The
// cluster is asked only if the rwenv has one. Fails as a rollout does where the project, the rwenv,
// the catalog or the remote are wrong; with `wait` also if the cluster cannot be asked at all.
Result<EnvironmentStatus> rollout_status(const Host& host, const StatusRequest& request,
                                         const CallContext& call = {});

}  // namespace engine
