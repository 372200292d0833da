// Which of many image groups a cluster has applied, as far as a few questions and the clone tell.
#pragma once

#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/cluster/cluster.h"
#include "engine/flux/repository.h"
#include "engine/live_follower.h"
#include "engine/status_group.h"

namespace engine {

// Notes it in the groups, which were read at `head`, in this repository; nothing is fetched.
// Returns what stood in the way, fit to be a warning each.
std::vector<std::string> note_applied(std::vector<StatusGroup>& groups, const CommitId& head,
                                      FluxRepository& repository, const Cluster& cluster,
                                      const CallContext& call);

}  // namespace engine
