// Owning handles for libgit2's objects, and the library's start. A handle belongs to the thread
// that made it.
#pragma once

#include <filesystem>
#include <git2.h>
#include <memory>
#include <string>

namespace engine {

// Starts libgit2 (once, from any thread) as this program wants it: no configuration outside the
// repository is read, since what depends on the user's configuration is git's work; repositories of
// other owners are readable, since nothing that their configuration names is ever run; extensions
// that do not change how objects are read are admitted.
void start_libgit2();

// The last error of libgit2 on this thread, in words.
std::string last_git_error();

// Frees a libgit2 object by its own function: GitHandle<git_tree, git_tree_free>.
template <class T, void (*Free)(T*)>
struct GitDeleter {
  void operator()(T* object) const { Free(object); }
};
template <class T, void (*Free)(T*)>
using GitHandle = std::unique_ptr<T, GitDeleter<T, Free>>;

using GitRepository = GitHandle<git_repository, git_repository_free>;
using GitReference = GitHandle<git_reference, git_reference_free>;
using GitObject = GitHandle<git_object, git_object_free>;
using GitCommit = GitHandle<git_commit, git_commit_free>;
using GitTree = GitHandle<git_tree, git_tree_free>;
using GitBlob = GitHandle<git_blob, git_blob_free>;
using GitTreeEntry = GitHandle<git_tree_entry, git_tree_entry_free>;
using GitTreeBuilder = GitHandle<git_treebuilder, git_treebuilder_free>;
using GitSignature = GitHandle<git_signature, git_signature_free>;
using GitConfig = GitHandle<git_config, git_config_free>;
using GitDiff = GitHandle<git_diff, git_diff_free>;
using GitPatch = GitHandle<git_patch, git_patch_free>;
using GitOdb = GitHandle<git_odb, git_odb_free>;
using GitOdbObject = GitHandle<git_odb_object, git_odb_object_free>;

// The 40 digits of an object's id.
std::string hex_of(const git_oid& oid);

// The order of ids in sets and maps.
struct OidLess {
  bool operator()(const git_oid& one, const git_oid& other) const {
    return git_oid_cmp(&one, &other) < 0;
  }
};

// Makes a handle of what a libgit2 function writes to its first parameter; empty if it fails:
//   GitRepository repository = git_new<GitRepository>(git_repository_open, path.c_str());
template <class Handle, class Function, class... Arguments>
Handle git_new(Function function, Arguments... arguments) {
  typename Handle::pointer object = nullptr;
  if (function(&object, arguments...) != 0) {
    return Handle();
  }
  return Handle(object);
}

// The repository of the clone at `clone`; empty if there is none. Opened by its `.git` and without
// a work tree: that reads no settings, which libgit2 1.5 does with a matcher that leaks.
GitRepository open_clone(const std::filesystem::path& clone);

}  // namespace engine
