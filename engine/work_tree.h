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
//
// A new clone of a large repository gets a sparse work tree (cone mode, sparse index): the files of
// the root and of the directory of `file`, and of every further directory that a rollout changes.
// So what is done there does not grow with the repository. `git sparse-checkout disable` brings all
// files; a work tree that is full stays full.
Result<void> settle_work_tree(const FluxClone& clone, const std::string& branch,
                              const CommitId& commit, const std::string& file);

}  // namespace engine
