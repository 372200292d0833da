// What is asked of git about the project. Read only: none of these takes a lock or writes a byte
// there.
#pragma once

#include <filesystem>

#include "engine/command.h"
#include "engine/rwenv.h"

namespace engine {

class ProjectCommands {
 public:
  explicit ProjectCommands(std::filesystem::path directory);

  // Tracked files that differ from HEAD, one per NUL-ended entry. `type` is the Flux repository's:
  // for a gitea every git command of a rollout is alike (CONTRACT section 6).
  Command uncommitted_changes(FluxGitRepoType type) const;
  // HEAD's full commit id, then, on a second line, the branch's name or `HEAD`. For repositories
  // that libgit2 cannot open (SHA-256).
  Command head() const;

 private:
  Command git(std::vector<std::string> arguments) const;

  std::filesystem::path directory_;
};

}  // namespace engine
