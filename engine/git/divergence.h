// What a branch has that another history has not, and whether that has come into the other one by
// a squash or a rebase, which leave no trace but the files.
#pragma once

#include <optional>
#include <vector>

#include "engine/base/image_tag.h"

namespace engine {

struct Divergence {
  bool known = false;                  // false where a commit on the way is not here
  std::optional<CommitId> base = {};   // where they parted; nothing if they are unrelated
  std::vector<CommitId> commits = {};  // of the branch since, newest first
  bool is_linear = false;              // these are all, and each has one parent
  bool is_merged = false;              // the other history has had all of it since they parted
};

}  // namespace engine
