// What others did to the entries that a rollout changes, while it was running.
#pragma once

#include <string>
#include <vector>

#include "engine/flux/object_store.h"
#include "engine/flux/prepared_change.h"
#include "engine/flux/types.h"

namespace engine {

// A warning for each entry that was set by another person between the heads on which the change was
// made, `earlier` and then `now`. Reads the clone's objects; for the thread that owns them.
std::vector<std::string> other_changes(const ObjectStore& objects, const Change& change,
                                       const PreparedChange& earlier, const PreparedChange& now);

}  // namespace engine
