// What the proposal that a remote has means to a change that is to be proposed: whose it is, and
// whether it has that change already.
#pragma once

#include <vector>

#include "engine/base/result.h"
#include "engine/flux/object_store.h"
#include "engine/flux/proposal.h"
#include "engine/flux/remote.h"
#include "engine/git/file_content.h"
#include "engine/git/identity.h"

namespace engine {

enum class ProposalStanding {
  absent,   // there is none, or it has been merged
  another,  // one of ours with another change: it may be replaced
  same,     // one of ours with this change
};

// `files` are those that the change makes of `head`. One that another person made, and one to which
// a commit was added by hand, is refused: `occupied`, which says whose it is. An `identity` without
// addresses is anybody's. Reads the clone's objects; for the thread that owns them.
Result<ProposalStanding> find_proposal_standing(const ObjectStore& objects,
                                                const ProposalTarget& target,
                                                const Identity& identity, const RemoteHead& head,
                                                const std::vector<FileContent>& files);

}  // namespace engine
