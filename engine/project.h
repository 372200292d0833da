// The project: the work tree of the feature branch that is rolled out (CONTRACT section 2, "project
// directory", "commit").
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/host.h"
#include "engine/image_tag.h"
#include "engine/result.h"
#include "engine/rwenv.h"

namespace engine {

// Where the project may be, in the order of CONTRACT section 2.
struct ProjectRequest {
  // The tool's argument; must be absolute.
  std::optional<std::string> directory;
  // The client's first root as a path, asked only when neither the argument nor CLAUDE_PROJECT_DIR
  // says. May be empty.
  std::function<std::optional<std::filesystem::path>()> client_root;
  // The only rwenv that the project may be set to: what was looked at, or agreed to, before the
  // engine was called.
  std::optional<std::string> rwenv;
};

// The project directory: absolute and existing, else `bad_argument` naming projectDir (or what
// named it).
Result<std::filesystem::path> find_project_directory(const Host& host,
                                                     const ProjectRequest& request);

// What the project's repository says about HEAD.
struct ProjectHead {
  CommitId commit;
  std::optional<std::string> branch;  // nothing for a detached HEAD
};

// HEAD of the git work tree that holds `directory` (a subdirectory and a linked worktree work):
// `not_a_repository`, `no_commit`. Reads the local repository only.
Result<ProjectHead> read_project_head(const Host& host, const std::filesystem::path& directory,
                                      const Call& call);

// True if tracked files differ from HEAD, staged or not. Untracked files do not count:
// `.claude/rwenv` itself is one in most projects. False also where git cannot say; this is for a
// warning only. `type` as for ProjectCommands.
bool has_uncommitted_changes(const Host& host, const std::filesystem::path& directory,
                             FluxGitRepoType type, const Call& call);

// The root of the git work tree that holds `directory`, if it is in one.
std::optional<std::filesystem::path> work_tree_root(const std::filesystem::path& directory);

}  // namespace engine
