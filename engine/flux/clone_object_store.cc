#include "engine/flux/clone_object_store.h"

#include <algorithm>

#include "engine/git/signing.h"

namespace engine {

std::optional<std::string> CloneObjectStore::missing_blob(const CommitId& commit,
                                                          const RepositoryPath& path) const {
  return objects_.missing_blob(commit, path);
}

Result<std::string> CloneObjectStore::read_file(const CommitId& commit, const RepositoryPath& path,
                                                std::string_view where) const {
  return objects_.read_file(commit, path, where);
}

std::optional<DirectoryEntries> CloneObjectStore::list_directory(
    const CommitId& commit, const std::string& directory) const {
  return objects_.list_directory(commit, directory);
}

Result<std::string> CloneObjectStore::write_tree(const CommitId& commit,
                                                 const std::vector<FileContent>& files) const {
  return objects_.write_tree(commit, files);
}

Result<CommitId> CloneObjectStore::write_commit(const std::string& tree, const CommitId& parent,
                                                const std::string& message,
                                                const Identity& identity) const {
  return objects_.write_commit(tree, parent, message, identity);
}

Result<CommitId> CloneObjectStore::write_signed_commit(const std::string& tree,
                                                       const CommitId& parent,
                                                       const std::string& message,
                                                       const Identity& identity,
                                                       const std::stop_token& stop) const {
  const ProcessResult completion =
      clone_.run(clone_.commands().commit_tree(tree, parent, message, identity), stop,
                 std::min(kSigningLimit, clone_.limit()));
  return signed_commit(completion, clone_.failure(completion, "sign a commit for"));
}

bool CloneObjectStore::contains(const CommitId& head, const CommitId& commit,
                                const CommitId& base) const {
  return objects_.contains(head, commit, base);
}

std::optional<Authorship> CloneObjectStore::last_change(const CommitId& head, const CommitId& base,
                                                        const RepositoryPath& path) const {
  return objects_.last_change(head, base, path);
}

std::optional<Authorship> CloneObjectStore::authorship(const CommitId& commit) const {
  return objects_.authorship(commit);
}

std::optional<CommitDescription> CloneObjectStore::describe(const CommitId& commit) const {
  return objects_.describe(commit);
}

}  // namespace engine
