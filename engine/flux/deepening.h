// Fetches as much of the Flux repository's history as a question needs.
#pragma once

#include <functional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"
#include "engine/git/object_store.h"

namespace engine {

// Whether the objects suffice; `go_on` says no once there is no more time.
using Suffices =
    std::function<bool(const GitObjectStore& objects, const std::function<bool()>& go_on)>;

// Asks `suffices` first, and contacts the remote only if it says no: `branch` is fetched again, a
// shallow clone is deepened by growing steps, until it says yes or the time limit of one command is
// over. Fails with what could not be fetched.
Result<void> deepen_until(const FluxClone& clone, const std::string& branch,
                          const Suffices& suffices, const CallContext& call);

}  // namespace engine
