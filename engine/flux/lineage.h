// How two commits of the Flux repository stand to each other, with as much of the history fetched
// as that needs (specification, section 3, `rollout_status`).
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/flux/clone.h"
#include "engine/git/lineage.h"

namespace engine {

struct FoundLineage {
  Lineage lineage = Lineage::unknown;
  std::optional<std::string> problem = {};  // of unknown: what could not be fetched
};

// Contacts the remote only if the clone cannot tell: `branch` is fetched again, a shallow clone is
// deepened by growing steps, until it can or the time limit of one command is over.
FoundLineage find_lineage(const FluxClone& clone, const std::string& branch, const CommitId& commit,
                          const CommitId& other, const CallContext& call);

}  // namespace engine
