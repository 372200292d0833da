// Keeps a clone small: every rollout leaves a few loose objects in it, and a fetch a pack.
#pragma once

#include "engine/base/host.h"
#include "engine/flux/clone.h"

namespace engine {

// Packs the clone if it has become untidy by the measure that git itself uses (some 6,700 loose
// objects, or more than 50 packs); otherwise that costs a look at two directories. To be called
// when all else is done in the clone: what fails here fails nothing, and is not tried again for a
// day. `call.stop` ends it.
void pack_if_untidy(const FluxClone& clone, const CallContext& call);

}  // namespace engine
