// The variables that tell git which repository to work in. This program may have been started in a
// hook or an alias of git's, which set some of them. A pure function, for any thread.
#pragma once

#include <vector>

#include "engine/process/command.h"

namespace engine {

// Removes what would lead a git, or the git that gh starts, to another repository than that of the
// directory it runs in.
std::vector<Command::EnvironmentChange> without_repository_variables();

}  // namespace engine
