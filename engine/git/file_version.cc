#include "engine/git/file_version.h"

#include <cstddef>

namespace engine {
namespace {

bool is_ordinary_file(git_filemode_t mode) {
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

bool has_tree(const FileVersion* version, std::size_t level, const git_oid& tree) {
  return version != nullptr && version->known && level < version->trees.size() &&
         git_oid_equal(&version->trees[level], &tree) != 0;
}

}  // namespace

bool FileVersion::is_same_file(const FileVersion& other) const {
  return known && other.known && blob && other.blob && git_oid_equal(&*blob, &*other.blob) != 0;
}

FileVersion version_at(const git_commit* commit, std::string_view path, const FileVersion* like) {
  FileVersion version;
  git_oid id = *git_commit_tree_id(commit);
  for (std::size_t level = 0;; ++level) {
    if (has_tree(like, level, id)) {
      version.known = true;
      version.blob = like->blob;
      version.trees.insert(version.trees.end(),
                           like->trees.begin() + static_cast<std::ptrdiff_t>(level),
                           like->trees.end());
      return version;
    }
    version.trees.push_back(id);
    const GitTree tree = git_new<GitTree>(git_tree_lookup, git_commit_owner(commit), &id);
    if (!tree) {
      return {};
    }
    const auto slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const git_tree_entry* const entry = git_tree_entry_byname(tree.get(), name.c_str());
    const git_filemode_t mode =
        entry == nullptr ? GIT_FILEMODE_UNREADABLE : git_tree_entry_filemode(entry);
    if (slash == std::string_view::npos || mode != GIT_FILEMODE_TREE) {
      version.known = true;
      if (slash == std::string_view::npos && is_ordinary_file(mode)) {
        version.blob = *git_tree_entry_id(entry);
      }
      return version;
    }
    path.remove_prefix(slash + 1);
    id = *git_tree_entry_id(entry);
  }
}

bool is_first_commit(const git_commit* commit) {
  return std::string_view(git_commit_raw_header(commit)).find("\nparent ") ==
         std::string_view::npos;
}

}  // namespace engine
