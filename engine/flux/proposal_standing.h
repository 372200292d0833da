// What the proposal that a remote has means to a change that is to be proposed: whose it is, and
// whether it has that change already.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/flux/change_context.h"
#include "engine/flux/types.h"
#include "engine/git/file_content.h"

namespace engine {

enum class ProposalStanding {
  absent,   // there is none, or it has been merged
  another,  // one of ours with another change: it may be replaced
  same,     // one of ours with this change
};

// `files` are those that the change, which is to be proposed, makes of `head`. One of ours has
// nothing but commits that the user authored and committed, each with the message of a rollout of
// what the change names and the value of that changed, and nothing else. Every other one is
// refused: `occupied`, which says whose it is. An `identity` without addresses owns none. Where the
// clone lacks the history that decides it, that is fetched: fails as that does.
Result<ProposalStanding> find_proposal_standing(const ChangeContext& context, const Change& change,
                                                const RemoteHead& head,
                                                const std::vector<FileContent>& files);

// What to say of a proposal that is there though the head has the change: that it is not merged.
// Nothing where there is none, where it was merged, and where that cannot be told.
std::optional<std::string> unmerged_proposal(const ChangeContext& context,
                                             const ProposalTarget& target, const RemoteHead& head);

}  // namespace engine
