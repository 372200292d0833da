// The environment of a git that runs in the project, as gh starts one: nothing that the project's
// configuration names may run there. Settings in the environment beat those of a repository. A pure
// function, for any thread.
#pragma once

#include <vector>

#include "engine/base/host.h"
#include "engine/process/command.h"

namespace engine {

// The changes to `environment`: git looks for no other repository than that of the directory, takes
// no bare repository in a folder for it, starts no file system monitor, hook, pager, ssh or
// credential helper, contacts nobody, writes nothing and does not ask. What the user's own
// configuration says about remotes stays as it is.
std::vector<Command::EnvironmentChange> project_environment(const Environment& environment);

}  // namespace engine
