// What stands at a path in one commit, and the commits before it: for walks through the history.
// Belongs to the thread that opened the repository.
#pragma once

#include <git2.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/git/handles.h"

namespace engine {

struct FileVersion {
  bool known = false;           // false where the commit or one of its trees is not here
  std::optional<git_oid> blob;  // nothing where there is no ordinary file
  // Of the root and of the directories on the way, as far as they are there.
  std::vector<git_oid> trees = {};

  // Whether both have the same file there.
  bool is_same_file(const FileVersion& other) const;
};

// `like` is a version of the same path, such as that of a commit beside it: directories that are
// the same need not be read again. May be null.
FileVersion version_at(const git_commit* commit, std::string_view path,
                       const FileVersion* like = nullptr);

// Some versions of libgit2 leave out the parents of a commit at which a shallow clone ends; its own
// text still has them. Whether that has none.
bool is_first_commit(const git_commit* commit);

}  // namespace engine
