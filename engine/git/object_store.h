// The objects of a clone, read and written without index or work tree (libgit2): a file at a
// commit, the commit that changes just that file, and what the history says about both. Shallow
// clones work. Belongs to the thread that opened it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/git/authorship.h"
#include "engine/git/commit_description.h"
#include "engine/git/directory_entries.h"
#include "engine/git/divergence.h"
#include "engine/git/file_content.h"
#include "engine/git/handles.h"
#include "engine/git/identity.h"
#include "engine/git/lineage.h"
#include "engine/git/value_change.h"
#include "engine/git/value_places.h"

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

  // Whether the history ends somewhere because no more of it was fetched.
  bool is_shallow() const;

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

  // What is in a directory of `commit`, "" for its root; nothing where there is no such directory.
  std::optional<DirectoryEntries> list_directory(const CommitId& commit,
                                                 const std::string& directory) const;

  // Writes the tree of `commit` with the bytes of these files replaced, all else and the files'
  // modes kept; returns the tree's id.
  Result<std::string> write_tree(const CommitId& commit,
                                 const std::vector<FileContent>& files) const;

  // Writes a commit of that tree on `parent`, made now; no ref is changed.
  Result<CommitId> write_commit(const std::string& tree, const CommitId& parent,
                                const std::string& message, const Identity& identity) const;

  // Whether `commit` is `head` or in its history, as far as that was made on top of `base`.
  bool contains(const CommitId& head, const CommitId& commit, const CommitId& base) const;

  // Who last changed the file in the history of `head` since `base`.
  std::optional<Authorship> last_change(const CommitId& head, const CommitId& base,
                                        const RepositoryPath& path) const;
  std::optional<Authorship> authorship(const CommitId& commit) const;
  // Nothing for a commit that is not here.
  std::optional<CommitDescription> describe(const CommitId& commit) const;

  // The commit that gave a place in the file the value that it has at `head`, which is `value`: the
  // newest change of past_values(), as far as 5,000 commits and 1 MiB of versions of the file show
  // it. Nothing where the clone lacks the objects for it (they are never fetched), and once `go_on`
  // says no.
  std::optional<ValueOrigin> value_origin(const CommitId& head, const RepositoryPath& path,
                                          const std::string& value, const ReadValue& read,
                                          const std::function<bool()>& go_on) const;

  // The same of many places in one walk, within the same limits for all of them together.
  std::vector<std::optional<ValueOrigin>> value_origins(const CommitId& head,
                                                        const std::vector<ValuePlace>& places,
                                                        const ReadValues& read,
                                                        const std::function<bool()>& go_on) const;

  // How `commit` stands to `other`. What is here decides: where the history that is not here might
  // change the answer, that is unknown; also once `go_on` says no, and for a very long history.
  Lineage lineage(const CommitId& commit, const CommitId& other,
                  const std::function<bool()>& go_on) const;

  // What the branch whose tip is `branch` has that `other` has not. Known where every commit is
  // here that decides it; not once `go_on` says no.
  Divergence divergence(const CommitId& branch, const CommitId& other,
                        const std::function<bool()>& go_on) const;

  // The commits that changed the value of a place in the file, up to `head`, on the branch that
  // `head` is of: along the first parents. What came by a merge is what its commits did, unless the
  // branch had changed the value as well meanwhile: then the commit that gave the merged value
  // counts, as one change; or the merge itself, where it gave back what the branch had replaced. A
  // file that was renamed is followed, as FormerPaths tells. Commits that change other places of
  // the file do not count.
  PastValues past_values(const CommitId& head, const PastValuesQuestion& question) const;

 private:
  explicit GitObjectStore(std::shared_ptr<git_repository> repository)
      : repository_(std::move(repository)) {}

  GitCommit find_commit(const CommitId& id) const;
  Failure damage(std::string_view doing) const;

  std::shared_ptr<git_repository> repository_;
};

}  // namespace engine
