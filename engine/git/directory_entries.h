// What is in one directory of a commit.
#pragma once

#include <set>
#include <string>

namespace engine {

struct DirectoryEntries {
  std::string id;  // of its tree
  // Names: ordinary files, directories.
  std::set<std::string> files;
  std::set<std::string> directories;
  bool has_links = false;  // symbolic links or submodules, which are in neither
};

}  // namespace engine
