#include "engine/git/object_store.h"

#include <algorithm>
#include <vector>

#include "engine/base/file_error.h"
#include "engine/base/limits.h"
#include "engine/base/reader_word.h"
#include "engine/git/manifest_blob.h"
#include "engine/text/split.h"
#include "engine/text/text.h"

namespace engine {
namespace {

git_oid oid_of(std::string_view hex) {
  git_oid oid{};
  git_oid_fromstrn(&oid, hex.data(), hex.size());
  return oid;
}

Failure write_failure(std::string_view doing, const std::string& reason) {
  return Failure(git_library_error(std::string(doing) + " in the Flux repository's clone", reason,
                                   "Make sure that the clone's directory can be written."));
}

std::vector<std::string> components_of(std::string_view path) {
  const auto parts = split(path, '/');
  return std::vector<std::string>(parts.begin(), parts.end());
}

// The trees that lead to a file, from the root on, and the file's entry in the last of them.
struct FilePlace {
  std::vector<std::string> components;
  std::vector<GitTree> trees;  // one for each component
  const git_tree_entry* entry = nullptr;
  // Where there is no such file: what is wrong with which part of the path. Empty for a broken
  // repository.
  std::string problem;
};

// What stands at a path where another kind of thing is needed.
std::string kind_of(const git_tree_entry* entry) {
  switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_LINK:
      return "is a symbolic link";
    case GIT_FILEMODE_COMMIT:
      return "is a submodule";
    case GIT_FILEMODE_TREE:
      return "is a directory";
    default:
      return "is a file";
  }
}

// In a tree, which may be null.
FilePlace find_file(git_repository* repository, GitTree tree, const RepositoryPath& path) {
  FilePlace place;
  place.components = components_of(path.text());
  std::string walked;
  for (std::size_t depth = 0; tree; ++depth) {
    const std::string& component = place.components[depth];
    const bool last = depth + 1 == place.components.size();
    walked += (walked.empty() ? "" : "/") + component;
    const git_tree_entry* entry = git_tree_entry_byname(tree.get(), component.c_str());
    place.trees.push_back(std::move(tree));
    if (entry == nullptr) {
      place.problem = "does not exist";
      return place;
    }
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    if (last) {
      const bool file = mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
      place.problem = file ? "" : kind_of(entry);
      place.entry = file ? entry : nullptr;
      return place;
    }
    if (mode != GIT_FILEMODE_TREE) {
      place.problem = "does not exist, since " + walked + " " + kind_of(entry);
      return place;
    }
    tree = git_new<GitTree>(git_tree_lookup, repository, git_tree_entry_id(entry));
  }
  return place;
}

FilePlace find_file(git_repository* repository, git_commit* commit, const RepositoryPath& path) {
  return find_file(repository, git_new<GitTree>(git_commit_tree, commit), path);
}

// Rebuilds the trees from the last to the root with `blob` in the file's place.
bool rebuild_trees(git_repository* repository, const FilePlace& place, git_oid& id) {
  git_filemode_t mode = git_tree_entry_filemode(place.entry);
  for (std::size_t depth = place.trees.size(); depth-- > 0;) {
    GitTreeBuilder builder =
        git_new<GitTreeBuilder>(git_treebuilder_new, repository, place.trees[depth].get());
    if (!builder ||
        git_treebuilder_insert(nullptr, builder.get(), place.components[depth].c_str(), &id,
                               mode) != 0 ||
        git_treebuilder_write(&id, builder.get()) != 0) {
      return false;
    }
    mode = GIT_FILEMODE_TREE;
  }
  return true;
}

}  // namespace

Result<GitObjectStore> GitObjectStore::open(const std::filesystem::path& clone) {
  return of(open_clone(clone), clone);
}

Result<GitObjectStore> GitObjectStore::of(std::shared_ptr<git_repository> repository,
                                          const std::filesystem::path& clone) {
  if (!repository) {
    return fail(Code::internal, "Could not open the clone " + clone.string() + ": " +
                                    sanitize_line(last_git_error()) + ".");
  }
  return GitObjectStore(std::move(repository));
}

GitCommit GitObjectStore::find_commit(const CommitId& id) const {
  const git_oid oid = oid_of(id.text());
  return git_new<GitCommit>(git_commit_lookup, repository_.get(), &oid);
}

Failure GitObjectStore::damage(std::string_view doing) const {
  const auto clone =  // of <clone>/.git/
      std::filesystem::path(git_repository_path(repository_.get())).parent_path().parent_path();
  return fail(Code::internal,
              "Could not " + std::string(doing) + " in the Flux repository's clone " +
                  clone.string() + ": " + sanitize_line(last_git_error()) + ".",
              "Remove that directory; the next rollout clones it again.");
}

std::optional<CommitId> GitObjectStore::read_ref(const std::string& ref) const {
  git_oid oid{};
  if (git_reference_name_to_id(&oid, repository_.get(), ref.c_str()) != 0) {
    return std::nullopt;
  }
  auto id = CommitId::parse(hex_of(oid));
  return id && find_commit(*id) ? id : std::nullopt;
}

bool GitObjectStore::has_history() const {
  git_strarray names{};
  if (git_reference_list(&names, repository_.get()) != 0) {
    return false;
  }
  const bool any = std::any_of(names.strings, names.strings + names.count,
                               [&](const char* name) { return read_ref(name).has_value(); });
  git_strarray_dispose(&names);
  return any;
}

bool GitObjectStore::is_shallow() const {
  return git_repository_is_shallow(repository_.get()) == 1;
}

std::optional<std::string> GitObjectStore::missing_blob(const CommitId& commit,
                                                        const RepositoryPath& path) const {
  const GitCommit object = find_commit(commit);
  if (!object) {
    return std::nullopt;
  }
  const FilePlace place = find_file(repository_.get(), object.get(), path);
  const GitOdb odb = git_new<GitOdb>(git_repository_odb, repository_.get());
  if (place.entry == nullptr || !odb) {
    return std::nullopt;
  }
  const git_oid* const id = git_tree_entry_id(place.entry);
  return git_odb_exists(odb.get(), id) == 0 ? std::optional(hex_of(*id)) : std::nullopt;
}

bool GitObjectStore::has_more_entries(const CommitId& commit, std::size_t most) const {
  const GitCommit object = find_commit(commit);
  const GitTree tree = object ? git_new<GitTree>(git_commit_tree, object.get()) : GitTree();
  const auto count_one = [](const char*, const git_tree_entry*, void* payload) {
    auto& left = *static_cast<std::size_t*>(payload);
    return left-- == 0 ? -1 : 0;
  };
  return tree && git_tree_walk(tree.get(), GIT_TREEWALK_PRE, count_one, &most) != 0;
}

std::optional<DirectoryEntries> GitObjectStore::list_directory(const CommitId& commit,
                                                               const std::string& directory) const {
  const GitCommit object = find_commit(commit);
  GitTree tree = object ? git_new<GitTree>(git_commit_tree, object.get()) : GitTree();
  for (const std::string& name : components_of(directory)) {
    if (!tree || directory.empty()) {
      break;
    }
    const git_tree_entry* const entry = git_tree_entry_byname(tree.get(), name.c_str());
    const bool is_tree = entry != nullptr && git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
    tree = is_tree ? git_new<GitTree>(git_tree_lookup, repository_.get(), git_tree_entry_id(entry))
                   : GitTree();
  }
  if (!tree) {
    return std::nullopt;
  }
  DirectoryEntries entries;
  entries.id = hex_of(*git_tree_id(tree.get()));
  for (std::size_t i = 0; i < git_tree_entrycount(tree.get()); ++i) {
    const git_tree_entry* const entry = git_tree_entry_byindex(tree.get(), i);
    const git_filemode_t mode = git_tree_entry_filemode(entry);
    if (mode == GIT_FILEMODE_TREE) {
      entries.directories.insert(git_tree_entry_name(entry));
    } else if (mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE) {
      entries.files.insert(git_tree_entry_name(entry));
    } else {
      entries.has_links = true;
    }
  }
  return entries;
}

Result<std::string> GitObjectStore::read_file(const CommitId& commit, const RepositoryPath& path,
                                              std::string_view where) const {
  const GitCommit object = find_commit(commit);
  if (!object) {
    return damage("read commit " + commit.text());
  }
  const FilePlace place = find_file(repository_.get(), object.get(), path);
  if (place.entry == nullptr && place.problem.empty()) {
    return damage("read the directories of " + path.text());
  }
  const std::string subject = sanitize_line(path.text()) + " on " + std::string(where);
  if (place.entry == nullptr) {
    return fail(
        Code::bad_path, subject + " " + place.problem + ".",
        for_reader("Regenerate the catalog with {regenerate_services}, or give an ordinary file "
                   "({file})."));
  }
  const GitOdb odb = git_new<GitOdb>(git_repository_odb, repository_.get());
  const auto blob = odb ? ManifestBlob::read(odb.get(), *git_tree_entry_id(place.entry))
                        : tl::unexpected(BlobFault());
  if (blob) {
    return std::string(blob->bytes());
  }
  switch (blob.error().kind) {
    case BlobFault::Kind::too_large:
      return fail(Code::bad_manifest, subject + " has " + std::to_string(blob.error().size) +
                                          " bytes; at most " + std::to_string(kMaxManifestBytes) +
                                          " are accepted.");
    case BlobFault::Kind::lfs_pointer:
      return fail(Code::bad_manifest, subject + " is a Git LFS pointer, not a manifest.",
                  "Keep manifests out of Git LFS; Flux reads them from git.");
    case BlobFault::Kind::unreadable:
      break;
  }
  return damage("read " + path.text());
}

Result<std::string> GitObjectStore::write_tree(const CommitId& commit,
                                               const std::vector<FileContent>& files) const {
  const GitCommit object = find_commit(commit);
  GitTree tree = object ? git_new<GitTree>(git_commit_tree, object.get()) : GitTree();
  if (!tree) {
    return damage("read commit " + commit.text());
  }
  for (const auto& [path, bytes] : files) {
    const FilePlace place = find_file(repository_.get(), std::move(tree), path);
    if (place.entry == nullptr) {
      return damage("read the directories of " + path.text());
    }
    git_oid id{};
    if (git_blob_create_from_buffer(&id, repository_.get(), bytes.data(), bytes.size()) != 0 ||
        !rebuild_trees(repository_.get(), place, id)) {
      return write_failure("write the changed file", sanitize_line(last_git_error()));
    }
    tree = git_new<GitTree>(git_tree_lookup, repository_.get(), &id);
    if (!tree) {
      return damage("read back the changed tree");
    }
  }
  return hex_of(*git_tree_id(tree.get()));
}

Result<CommitId> GitObjectStore::write_commit(const std::string& tree, const CommitId& parent,
                                              const std::string& message,
                                              const Identity& identity) const {
  const GitSignature author = git_new<GitSignature>(git_signature_now, identity.author.name.c_str(),
                                                    identity.author.email.c_str());
  const GitSignature committer = git_new<GitSignature>(
      git_signature_now, identity.committer.name.c_str(), identity.committer.email.c_str());
  if (!author || !committer) {
    return fail(Code::no_identity,
                "Git's user.name and user.email cannot be used in a commit: " +
                    sanitize_line(last_git_error()) + ".",
                "Correct them with `git config --global user.name` and `git config --global "
                "user.email`.");
  }
  const git_oid tree_id = oid_of(tree);
  const GitTree tree_object = git_new<GitTree>(git_tree_lookup, repository_.get(), &tree_id);
  const GitCommit parent_object = find_commit(parent);
  if (!tree_object || !parent_object) {
    return damage("read back the changed tree");
  }
  const std::string text = message.ends_with('\n') ? message : message + "\n";
  const git_commit* parents = parent_object.get();
  git_oid id{};
  const int result =
      git_commit_create(&id, repository_.get(), nullptr, author.get(), committer.get(), nullptr,
                        text.c_str(), tree_object.get(), 1, &parents);
  const std::string reason = sanitize_line(last_git_error());
  auto commit = CommitId::parse(hex_of(id));
  // libgit2 1.5 returns success though it could not write the object.
  if (result != 0 || !commit || !find_commit(*commit)) {
    return write_failure("write the commit", reason);
  }
  return *commit;
}

}  // namespace engine
