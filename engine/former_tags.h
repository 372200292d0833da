// The tags that a service's image had before, for what completes what is typed.
#pragma once

#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/config/project.h"

namespace engine {

// Each once, the newest first, without the one that is there; as far as the clone shows them within
// a fraction of a second. Contacts nobody and waits for nobody. None where something is wrong: the
// tools say what.
std::vector<std::string> former_tags(const Host& host, const ProjectRequest& project,
                                     const std::string& service, const CallContext& call);

}  // namespace engine
