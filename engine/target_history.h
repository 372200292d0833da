// The history of the place that a rollout of a service changes.
#pragma once

#include <cstddef>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/repository.h"
#include "engine/git/flux_remote.h"
#include "engine/rollout_target.h"

namespace engine {

// At most `limit` changes up to the head of `repository`, which is `remote`'s: as
// FluxRepository::read_history(). What host.histories knows already is not looked for again.
Result<PlaceHistory> read_target_history(FluxRepository& repository, const Host& host,
                                         const FluxRemote& remote, const RolloutTarget& target,
                                         std::size_t limit, const CallContext& call);

}  // namespace engine
