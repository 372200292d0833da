// Brings a change where the rwenv wants it (`fluxWrite`; specification, section 6): onto the branch
// that Flux follows, or into a proposal, for which a request is opened.
#pragma once

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/repository.h"
#include "engine/flux/types.h"
#include "engine/git/identity.h"
#include "engine/proposal_plan.h"

namespace engine {

// Pushes the change as FluxRepository::push() does, and fails as that does. Where it is proposed
// (Change::proposal, as `proposal` says; else that is null), it also opens the request or finds the
// open one: `proposal_failed` if that cannot be done once the change is pushed. That part can no
// longer be cancelled. Belongs to the thread that owns the repository.
Result<PushedChange> deliver(const Host& host, FluxRepository& repository, const Change& change,
                             const ProposalPlan* proposal, const Identity& identity,
                             const CallContext& call);

}  // namespace engine
