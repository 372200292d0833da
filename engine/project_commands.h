// What is asked of git about the project. Read only: none of these takes a lock or writes a byte
// there.
#pragma once

#include <filesystem>

#include "engine/command.h"

namespace engine {

class ProjectCommands {
 public:
  explicit ProjectCommands(std::filesystem::path directory);

  // Tracked files that differ from HEAD, one per NUL-ended entry.
  Command uncommitted_changes() const;
  // HEAD's full commit id, then, on a second line, the branch's name or `HEAD`. For repositories
  // that libgit2 cannot open (SHA-256).
  Command head() const;

 private:
  Command git(std::vector<std::string> arguments) const;

  std::filesystem::path directory_;
};

}  // namespace engine
