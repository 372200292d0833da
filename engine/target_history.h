// The history of the place that a rollout of a service changes.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/active_rwenv.h"
#include "engine/flux/repository.h"
#include "engine/git/flux_remote.h"
#include "engine/rollout_target.h"

namespace engine {

// The place of a service's image, by the catalog of the rwenv.
Result<RolloutTarget> find_history_target(const Host& host, const ConfiguredRwenv& configured,
                                          const std::string& service);

// At most `limit` changes up to the head of `repository`, which is `remote`'s: as
// FluxRepository::read_history(). What host.histories knows already is not looked for again.
Result<PlaceHistory> read_target_history(FluxRepository& repository, const Host& host,
                                         const FluxRemote& remote, const RolloutTarget& target,
                                         std::size_t limit, const CallContext& call);

// The values of the target's place on any branch that was merged into the remote's head, which was
// fetched, as far as the clone shows them within a few seconds: past_values_anywhere().
std::vector<PastValue> read_target_values(FluxRepository& repository, const Host& host,
                                          const FluxRemote& remote, const RolloutTarget& target,
                                          const CallContext& call);

}  // namespace engine
