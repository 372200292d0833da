// The objects of a clone: those of its GitObjectStore, and commits that the user's git signs.
#pragma once

#include "engine/flux/clone.h"
#include "engine/flux/object_store.h"
#include "engine/git/object_store.h"

namespace engine {

class CloneObjectStore final : public ObjectStore {
 public:
  // Both must outlive this.
  CloneObjectStore(const FluxClone& clone, const GitObjectStore& objects)
      : clone_(clone), objects_(objects) {}

  std::optional<std::string> missing_blob(const CommitId& commit,
                                          const RepositoryPath& path) const override;
  Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path,
                                std::string_view where) const override;
  std::optional<DirectoryEntries> list_directory(const CommitId& commit,
                                                 const std::string& directory) const override;
  Result<std::string> write_tree(const CommitId& commit,
                                 const std::vector<FileContent>& files) const override;
  Result<CommitId> write_commit(const std::string& tree, const CommitId& parent,
                                const std::string& message,
                                const Identity& identity) const override;
  Result<CommitId> write_signed_commit(const std::string& tree, const CommitId& parent,
                                       const std::string& message, const Identity& identity,
                                       const std::stop_token& stop) const override;
  bool contains(const CommitId& head, const CommitId& commit, const CommitId& base) const override;
  std::optional<Authorship> last_change(const CommitId& head, const CommitId& base,
                                        const RepositoryPath& path) const override;
  std::optional<Authorship> authorship(const CommitId& commit) const override;
  std::optional<CommitDescription> describe(const CommitId& commit) const override;

 private:
  const FluxClone& clone_;
  const GitObjectStore& objects_;
};

}  // namespace engine
