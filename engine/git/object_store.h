// The objects of a clone, read and written without index or work tree (libgit2): a file at a
// commit, the commit that changes just that file, and what the history says about both. Shallow
// clones work. Belongs to the thread that opened it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/git/authorship.h"
#include "engine/git/handles.h"
#include "engine/git/identity.h"

namespace engine {

class GitObjectStore {
 public:
  // Opens the repository of the work tree at `clone`: `internal`.
  static Result<GitObjectStore> open(const std::filesystem::path& clone);
  // The same of one that was opened by the calling thread, or could not be (null).
  static Result<GitObjectStore> of(std::shared_ptr<git_repository> repository,
                                   const std::filesystem::path& clone);

  // The commit that a ref names; nothing if it is not there or names no commit.
  std::optional<CommitId> read_ref(const std::string& ref) const;

  // Whether any ref names a commit: false for a clone into which nothing has been fetched.
  bool has_history() const;

  // The id of the file's blob at `commit` where that blob is not here, as in a partial clone;
  // nothing if it is here and if there is no such file.
  std::optional<std::string> missing_blob(const CommitId& commit, const RepositoryPath& path) const;

  // Whether the tree of `commit` has more than `most` files and directories.
  bool has_more_entries(const CommitId& commit, std::size_t most) const;

  // The bytes of the file at `commit`. `bad_path` if it is not there or no ordinary file,
  // `bad_manifest` if it is a Git LFS pointer or larger than kMaxManifestBytes; `where` names the
  // branch and repository in those messages.
  Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path,
                                std::string_view where) const;

  // Writes the tree of `commit` with the file's bytes replaced, all else and the file's mode kept;
  // returns the tree's id.
  Result<std::string> write_tree(const CommitId& commit, const RepositoryPath& path,
                                 std::string_view bytes) const;

  // Writes a commit of that tree on `parent`, made now; no ref is changed.
  Result<CommitId> write_commit(const std::string& tree, const CommitId& parent,
                                const std::string& message, const Identity& identity) const;

  // Whether `commit` is `head` or in its history, as far as that was made on top of `base`.
  bool contains(const CommitId& head, const CommitId& commit, const CommitId& base) const;

  // Who last changed the file in the history of `head` since `base`.
  std::optional<Authorship> last_change(const CommitId& head, const CommitId& base,
                                        const RepositoryPath& path) const;
  std::optional<Authorship> authorship(const CommitId& commit) const;

 private:
  explicit GitObjectStore(std::shared_ptr<git_repository> repository)
      : repository_(std::move(repository)) {}

  GitCommit find_commit(const CommitId& id) const;
  Failure damage(std::string_view doing) const;

  std::shared_ptr<git_repository> repository_;
};

}  // namespace engine
