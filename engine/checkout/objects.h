// Commits and trees of a project's repository, from its objects alone: no repository is opened and
// nothing is fetched. Every object is looked at before it is read, and one that is larger than it
// can be in earnest is not read at all. SHA-1 only. Belongs to one thread.
//
// All functions look at files that the system may hold up: see engine/base/abandonable.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <git2.h>
#include <optional>
#include <stop_token>
#include <vector>

#include "engine/base/file_below.h"
#include "engine/base/image_tag.h"
#include "engine/checkout/repository.h"
#include "engine/git/handles.h"
#include "engine/git/memory.h"

namespace engine {

using GitOdb = GitHandle<git_odb, git_odb_free>;
using GitOdbObject = GitHandle<git_odb_object, git_odb_object_free>;

// What of a commit is used here.
struct CommitFacts {
  git_oid tree;
  std::vector<git_oid> parents;
  std::int64_t time = 0;  // of its committer, seconds since 1970
};

class ProjectObjects {
 public:
  explicit ProjectObjects(const ProjectRepository& repository);

  // A fault's reason follows the name of what cannot be read ("it is not there").

  // Whether it is a commit that is here, and of a size that makes sense.
  FileResult<void> check_commit(const git_oid& id) const;
  FileResult<CommitFacts> read_commit(const git_oid& id) const;
  // The tree's own bytes.
  FileResult<GitOdbObject> read_tree(const git_oid& id) const;

  // Whether `older` can be reached from `newer`, as far as the commits are here.
  bool is_ancestor(const git_oid& older, const git_oid& newer, const std::stop_token& stop) const;

 private:
  FileResult<void> check(const git_oid& id, git_object_t type, std::size_t most) const;
  FileResult<GitOdbObject> read(const git_oid& id, git_object_t type, std::size_t most) const;

  const ProjectRepository& repository_;
  GitMemoryLimit limit_;
  FileResult<void> readable_;  // or why there is no odb_
  GitOdb odb_;
};

// The id in libgit2's form; nothing if it is not SHA-1.
std::optional<git_oid> sha1_of(const CommitId& commit);

}  // namespace engine
