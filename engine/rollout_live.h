// Follows what a rollout has pushed to the cluster (specification, section 3, `rollout_status`).
// The push has happened, whatever comes of this.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/config/rwenv.h"
#include "engine/git/flux_remote.h"
#include "engine/live_place.h"
#include "engine/rollout_target.h"
#include "engine/status/status.h"

namespace engine {

struct LiveGroup {
  std::string label;
  LiveStatus status;
};

// How far the groups of a rollout have come.
struct Live {
  std::vector<LiveGroup> groups;  // at least one

  // The one that the others wait for: live only if all are.
  const LiveGroup& deciding() const;
  // "yes (<what>)" or "not yet (<stage>, <reason>)"; with several groups it names the one.
  std::string in_words() const;
};

// What a push has left at the remote.
struct PushedValue {
  std::string tag;
  std::string branch;
  CommitId commit;
  bool is_setter = true;  // false: the value was there already, by whatever commit
};

// Of what waits in that branch to be merged: nothing of it can be live.
Live proposed_live(const std::vector<RolloutTarget>& targets, const std::string& branch);

// Waits until all are live, one has failed, the time is over or the call is cancelled.
Live follow_rollout(const Host& host, const FluxRemote& remote, const Rwenv& rwenv,
                    const std::vector<RolloutTarget>& targets, const PushedValue& value,
                    std::chrono::seconds time, const CallContext& call);

}  // namespace engine
