// Where files that a commit added were before it: renames, as git tells them. Belongs to the thread
// that opened the repository.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/git/handles.h"

namespace engine {

struct FormerFile {
  std::string path;
  git_oid blob;
};

// Of one commit and one of its parents.
class FormerPaths {
 public:
  struct Answer {
    bool known = false;  // false where files or directories that decide it are not here
    std::optional<FormerFile> file = {};      // nothing for a file that is a new one
    std::optional<std::string> missing = {};  // the id of a file that is not here
  };

  // Both must live as long as this.
  FormerPaths(const git_commit* parent, const git_commit* commit)
      : parent_(parent), commit_(commit) {}

  // The file of the parent that became the one at `path`, which the parent does not have and whose
  // content is `blob`. It has the same content, and no other file that the commit removed has; or
  // git calls it a rename, with the settings that git has by itself.
  Answer find(const std::string& path, const git_oid& blob);

 private:
  void compare_names();
  void compare_contents();

  const git_commit* parent_;
  const git_commit* commit_;
  GitDiff diff_;
  bool has_names_ = false;
  bool has_contents_ = false;
  bool is_cut_ = false;                 // what decides is not here
  std::optional<std::string> missing_;  // of the contents
  std::map<git_oid, std::vector<std::string>, OidLess> gone_;
  std::map<std::string, FormerFile> renamed_;  // by the path in the commit; of similar content
};

}  // namespace engine
