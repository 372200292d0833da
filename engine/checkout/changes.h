// Whether tracked files of a project differ from HEAD, told without git: no filter, no file system
// monitor and no hook runs, of a submodule only its HEAD is read, and nothing is written.
#pragma once

#include <git2.h>
#include <stop_token>

#include "engine/checkout/objects.h"
#include "engine/checkout/repository.h"

namespace engine {

enum class Changes {
  none,
  some,
  unknown,  // the index is of a kind that is not read here, or an object is missing
};

// Staged or not; untracked files do not count. A file that looks as it did when git last saw it is
// unchanged; else its bytes decide, as they are or with CRLF for LF. Ends soon after a stop, with
// whatever it has found. Looks at files that the system may hold up: see engine/base/abandonable.h.
Changes find_changes(const ProjectRepository& repository, const ProjectObjects& objects,
                     const git_oid& head, const std::stop_token& stop);

}  // namespace engine
