// The state in which a person finds the clone after a rollout: HEAD on the branch, branch, index
// and work tree at the pushed commit, clean (specification, section 6).
#pragma once

#include <future>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/flux/clone.h"

namespace engine {

// Brings the clone there. A person's uncommitted edits to tracked files are discarded, untracked
// files stay, an unfinished merge or rebase is ended. Not cancellable.
//
// A new clone of a large repository gets a sparse work tree (cone mode, sparse index): the files of
// the root and of the directories of `files`, and of every further directory that a rollout
// changes. So what is done there does not grow with the repository. `git sparse-checkout disable`
// brings all files; a work tree that is full stays full.
//
// Where a filter of git's configuration does not work (Git LFS that is not installed), its files
// are brought as the repository stores them, and the answer is a warning that says so; else it is
// empty.
Result<std::string> reset_work_tree(const FluxClone& clone, const std::string& branch,
                                    const CommitId& commit,
                                    const std::vector<RepositoryPath>& files);

// Looks, beside other work, whether all tracked files are as HEAD has them. Owned and used by the
// thread that made it.
class WorkTreeScan {
 public:
  // Looks only where that may save reset_work_tree() much work: where HEAD is on the branch at
  // `commit`, and the index is large. `clone` must outlive this.
  WorkTreeScan(const FluxClone& clone, const std::string& branch, const CommitId& commit);
  WorkTreeScan(const WorkTreeScan&) = delete;
  WorkTreeScan& operator=(const WorkTreeScan&) = delete;
  // Gives it up if it still runs.
  ~WorkTreeScan() { stop_.request_stop(); }

  // Waits for the answer, which is false where it did not look. Once.
  bool found_clean_at(const CommitId& commit);

 private:
  CommitId commit_;
  std::stop_source stop_;
  std::future<bool> clean_;
};

// Does the same as reset_work_tree() for a clone that a scan has found clean at `commit`'s parent,
// without reading other files than `files`, the only ones that `commit` changes.
Result<void> advance_work_tree(const FluxClone& clone, const std::string& branch,
                               const CommitId& commit, const std::vector<RepositoryPath>& files);

}  // namespace engine
