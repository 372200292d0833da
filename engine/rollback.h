// Puts an image back to a tag that it has had (specification, section 3, `rollback`): the edit,
// commit and push of a rollout, with a tag that the history of the place proves.
#pragma once

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/replacement.h"
#include "engine/rollback_request.h"
#include "engine/rollout.h"

namespace engine {

// Runs one rollback to its end, as rollout() does; `confirm` as there. What is there is judged on
// the remote's head, and again if it is another one by the time of the push. `occupied` for what is
// not the user's to put back, `no_history` where there is nothing to go back to; otherwise fails as
// rollout_history() and rollout() do. `unchanged` also where the user's own rollback is what made
// the present value, so that a call may be repeated.
Result<RolloutResult> rollback(const Host& host, const RollbackRequest& request,
                               const CallContext& call, const ConfirmReplace& confirm = {});

}  // namespace engine
