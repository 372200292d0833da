// The commits and files of a Flux repository, as the push loop sees them.
// engine/flux/clone_object_store.h has the real ones; tests make theirs up.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/git/authorship.h"
#include "engine/git/commit_description.h"
#include "engine/git/directory_entries.h"
#include "engine/git/file_content.h"
#include "engine/git/identity.h"

namespace engine {

// Belongs to one thread. What the methods return is said by those of GitObjectStore with these
// names.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  virtual std::optional<std::string> missing_blob(const CommitId& commit,
                                                  const RepositoryPath& path) const = 0;
  virtual Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path,
                                        std::string_view where) const = 0;

  virtual std::optional<DirectoryEntries> list_directory(const CommitId& commit,
                                                         const std::string& directory) const = 0;

  virtual Result<std::string> write_tree(const CommitId& commit,
                                         const std::vector<FileContent>& files) const = 0;
  virtual Result<CommitId> write_commit(const std::string& tree, const CommitId& parent,
                                        const std::string& message,
                                        const Identity& identity) const = 0;
  // The same, signed as git's configuration says: `sign_failed`.
  virtual Result<CommitId> write_signed_commit(const std::string& tree, const CommitId& parent,
                                               const std::string& message, const Identity& identity,
                                               const std::stop_token& stop) const = 0;

  virtual bool contains(const CommitId& head, const CommitId& commit,
                        const CommitId& base) const = 0;
  virtual std::optional<Authorship> last_change(const CommitId& head, const CommitId& base,
                                                const RepositoryPath& path) const = 0;
  virtual std::optional<Authorship> authorship(const CommitId& commit) const = 0;
  virtual std::optional<CommitDescription> describe(const CommitId& commit) const = 0;
};

}  // namespace engine
