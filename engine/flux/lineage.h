// How two commits of the Flux repository stand to each other, with as much of the history fetched
// as that needs (specification, section 3, `rollout_status`).
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"
#include "engine/git/divergence.h"
#include "engine/git/lineage.h"

namespace engine {

struct FoundLineage {
  Lineage lineage = Lineage::unknown;
  std::optional<std::string> problem = {};  // of unknown: what could not be fetched
};

// Contacts the remote only if the clone cannot tell, as deepen_until() says.
FoundLineage find_lineage(const FluxClone& clone, const std::string& branch, const CommitId& commit,
                          const CommitId& other, const CallContext& call);

// What the branch of `commit` has that `other` has not: GitObjectStore::divergence(), in the same
// way. Fails with what could not be fetched.
Result<Divergence> find_divergence(const FluxClone& clone, const std::string& branch,
                                   const CommitId& commit, const CommitId& other,
                                   const CallContext& call);

}  // namespace engine
