// The state in which a person finds the clone after a rollout: HEAD on the branch, branch, index
// and work tree at the pushed commit, clean (CONTRACT section 6).
#pragma once

#include <string>

#include "engine/flux_clone.h"
#include "engine/image_tag.h"
#include "engine/result.h"

namespace engine {

// Brings the clone there. A person's uncommitted edits to tracked files are discarded, untracked
// files stay, an unfinished merge or rebase is ended. Not cancellable.
Result<void> settle_work_tree(const FluxClone& clone, const std::string& branch,
                              const CommitId& commit);

}  // namespace engine
