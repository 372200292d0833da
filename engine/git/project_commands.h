// What is asked of git about the project: one question, about a repository that only git can read.
#pragma once

#include <filesystem>

#include "engine/base/host.h"
#include "engine/process/command.h"

namespace engine {

class ProjectCommands {
 public:
  // The repository is named and not looked for: that of `git_dir`, with its work tree at `root`.
  ProjectCommands(const Environment& environment, const std::filesystem::path& git_dir,
                  std::filesystem::path root);

  // HEAD's full commit id, then, on a second line, the branch's name or `HEAD`. For refs that are
  // kept as a table (reftable). Reads no file of the work tree, so no filter has anything to do.
  Command head() const;

 private:
  std::vector<Command::EnvironmentChange> environment_;
  std::filesystem::path root_;
};

}  // namespace engine
