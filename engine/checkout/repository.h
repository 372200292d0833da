// The git repository of a project, found and read by this program itself. Other people
// wrote the project: neither git nor libgit2 opens its repository, so nothing that its
// configuration names can run, and a bare repository that lies in a folder of it is never taken for
// its own. No link is followed below the directories that git's own files name.
//
// All functions look at files that the system may hold up: see engine/base/abandonable.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/file_below.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace engine {

struct ProjectRepository {
  std::filesystem::path root;        // of the work tree
  std::filesystem::path git_dir;     // HEAD and the index of this work tree
  std::filesystem::path common_dir;  // what all work trees of the repository share
  UniqueFd git;                      // git_dir and common_dir, open
  UniqueFd common;
  // Nothing is checked out at `root`: it only holds a bare repository, whose work trees are linked.
  bool bare = false;
};

// The repository whose work tree holds `directory`: `not_a_repository`, which says why.
Result<ProjectRepository> find_project_repository(const std::filesystem::path& directory);

// The root of the work tree that holds `directory`, if it is in one, whatever state it is in.
std::optional<std::filesystem::path> work_tree_root(const std::filesystem::path& directory);

// The root of the main work tree where `repository` is that of a linked one; of a bare repository
// the directory that holds it, if that has a `.git` file which names it (`gitdir: ./.bare`).
std::optional<std::filesystem::path> main_work_tree_root(const ProjectRepository& repository);

// What HEAD says.
struct HeadRef {
  std::optional<CommitId> commit;     // nothing if the branch has no commit yet
  std::optional<std::string> branch;  // nothing for a detached HEAD
  bool reftable = false;              // refs are kept as a table: neither is known
};

// HEAD, without a look at the commit: `not_a_repository` where a file cannot be read.
Result<HeadRef> read_head_ref(const ProjectRepository& repository);

// The commit of a ref ("refs/remotes/origin/main"); nothing where there is none, where it cannot be
// read, and for a name that is no ref's.
std::optional<CommitId> read_ref(const ProjectRepository& repository, const std::string& name);
// The ref that a symbolic one names ("refs/remotes/origin/HEAD"); nothing for every other.
std::optional<std::string> read_symbolic_ref(const ProjectRepository& repository,
                                             const std::string& name);

// `not_a_repository`, for a directory in which `repository` is bare.
Failure holds_a_bare_repository(const std::filesystem::path& directory,
                                const ProjectRepository& repository);

// The repository of `directory` cannot be read, because of `file`: `not_a_repository`, or
// `internal` where it was the system that failed.
Failure unreadable_repository(const std::filesystem::path& directory,
                              const std::filesystem::path& file, const FileFault& fault);

}  // namespace engine
