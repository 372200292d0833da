// The commit at which two histories parted. Belongs to the thread that opened the repository.
#pragma once

#include <functional>
#include <optional>

#include "engine/git/handles.h"

namespace engine {

struct MergeBase {
  // A common ancestor. Where no commit is dated before its parents, there is no better one.
  std::optional<git_oid> commit;
  bool known = false;  // false where a commit on the way is not here, or it was stopped
};

// As `git merge-base` finds it; known without a commit where the histories are unrelated.
// git_merge_base of libgit2 1.5 leaks in a shallow clone, and cannot be stopped. `go_on` is asked
// for each commit.
MergeBase merge_base(git_repository* repository, const git_oid& one, const git_oid& other,
                     const std::function<bool()>& go_on);

}  // namespace engine
