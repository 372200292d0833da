// The manifests, symbolic links and submodules of a commit, by path, as far as limits that no
// repository of people reaches: trees can name each other so that a few objects make a million
// paths. Belongs to one thread.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/git/handles.h"
#include "engine/manifest/manifest_file.h"

namespace engine {

struct ListedFile {
  std::string path;
  TreeEntryKind kind = TreeEntryKind::file;
  git_oid blob{};
};

struct TreeLimits {
  std::size_t depth = 64;               // directories above a file
  std::size_t entries = 1'000'000;      // files and directories that are looked at
  std::size_t files = 300'000;          // that are listed
  std::size_t path_bytes = 4096;        // of one path
  std::size_t tree_bytes = 64U << 20U;  // of one directory's object
};

struct TreeListing {
  std::vector<ListedFile> files;  // ordered by path
  // What was not looked at, in sentences without a period; the same for the same commit.
  std::vector<std::string> omissions;
};

// `internal` where an object is missing or broken; `cancelled`.
Result<TreeListing> list_tree(git_repository* repository, git_odb* odb, const CommitId& commit,
                              const std::stop_token& stop, const TreeLimits& limits = {});

// The refusal that says that an object cannot be read, with libgit2's words.
Failure unreadable_object(std::string_view what);

}  // namespace engine
