#include "engine/manifest/tree_listing.h"

#include <algorithm>
#include <utility>

#include "engine/manifest/manifest_path.h"
#include "engine/text/text.h"

namespace engine {
namespace {

struct Directory {
  git_oid tree{};
  std::string prefix;  // its path with a slash; "" for the root
  std::size_t depth = 0;
};

class Lister {
 public:
  Lister(git_repository* repository, git_odb* odb, const std::stop_token& stop,
         const TreeLimits& limits)
      : repository_(repository), odb_(odb), stop_(stop), limits_(limits) {}

  Result<TreeListing> list(const git_oid& root) {
    open_.push_back({root, "", 0});
    while (!open_.empty() && !full_) {
      if (stop_.stop_requested()) {
        return fail(Code::cancelled, "The request was cancelled.");
      }
      const Directory directory = std::move(open_.back());
      open_.pop_back();
      RETURN_IF_FAILED(list_directory(directory));
    }
    say_what_is_left_out();
    std::ranges::sort(listing_.files, {}, &ListedFile::path);
    return std::move(listing_);
  }

 private:
  Result<void> list_directory(const Directory& directory) {
    const std::string name = directory.prefix.empty() ? "the root" : directory.prefix;
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, odb_, &directory.tree) != 0) {
      return unreadable_object(name);
    }
    if (size > limits_.tree_bytes) {
      ++large_;
      return {};
    }
    const GitTree tree = git_new<GitTree>(git_tree_lookup, repository_, &directory.tree);
    if (!tree) {
      return unreadable_object(name);
    }
    std::vector<Directory> below;
    const std::size_t count = git_tree_entrycount(tree.get());
    for (std::size_t i = 0; i < count && !full_; ++i) {
      add(directory, *git_tree_entry_byindex(tree.get(), i), below);
    }
    // A stack, so the first is to be the last.
    for (auto next = below.rbegin(); next != below.rend(); ++next) {
      open_.push_back(std::move(*next));
    }
    return {};
  }

  void add(const Directory& directory, const git_tree_entry& entry, std::vector<Directory>& below) {
    if (entries_++ == limits_.entries || listing_.files.size() == limits_.files) {
      full_ = true;
      return;
    }
    std::string path = directory.prefix + git_tree_entry_name(&entry);
    if (path.size() > limits_.path_bytes) {
      ++long_paths_;
      return;
    }
    const git_filemode_t mode = git_tree_entry_filemode(&entry);
    if (mode == GIT_FILEMODE_TREE) {
      if (directory.depth == limits_.depth) {
        ++deep_;
      } else {
        below.push_back({*git_tree_entry_id(&entry), path + "/", directory.depth + 1});
      }
      return;
    }
    const TreeEntryKind kind = mode == GIT_FILEMODE_LINK     ? TreeEntryKind::symbolic_link
                               : mode == GIT_FILEMODE_COMMIT ? TreeEntryKind::submodule
                                                             : TreeEntryKind::file;
    if (kind != TreeEntryKind::file || is_manifest_path(path)) {
      listing_.files.push_back({std::move(path), kind, *git_tree_entry_id(&entry)});
    }
  }

  void say_what_is_left_out() {
    const auto say = [&](std::size_t count, std::string_view what) {
      if (count > 0) {
        listing_.omissions.push_back("not looked at: " + std::string(what) + " (" +
                                     std::to_string(count) + ")");
      }
    };
    say(deep_, "directories below " + std::to_string(limits_.depth) + " others");
    say(large_, "directories with more than " + std::to_string(limits_.tree_bytes >> 20U) +
                    " MiB of names");
    say(long_paths_, "paths of more than " + std::to_string(limits_.path_bytes) + " bytes");
    if (full_) {
      listing_.omissions.push_back("not looked at: what follows " + std::to_string(entries_ - 1) +
                                   " files and directories, of which " +
                                   std::to_string(listing_.files.size()) + " are manifests");
    }
  }

  git_repository* repository_;
  git_odb* odb_;
  const std::stop_token& stop_;
  const TreeLimits& limits_;
  std::vector<Directory> open_;
  TreeListing listing_;
  std::size_t entries_ = 0;
  std::size_t deep_ = 0;
  std::size_t large_ = 0;
  std::size_t long_paths_ = 0;
  bool full_ = false;
};

}  // namespace

Result<TreeListing> list_tree(git_repository* repository, git_odb* odb, const CommitId& commit,
                              const std::stop_token& stop, const TreeLimits& limits) {
  git_oid id{};
  git_oid_fromstrn(&id, commit.text().data(), commit.text().size());
  const GitCommit object = git_new<GitCommit>(git_commit_lookup, repository, &id);
  if (!object) {
    return unreadable_object("commit " + commit.text());
  }
  return Lister(repository, odb, stop, limits).list(*git_commit_tree_id(object.get()));
}

Failure unreadable_object(std::string_view what) {
  return fail(Code::internal,
              "Could not read " + std::string(what) +
                  " in the Flux repository's clone: " + sanitize_line(last_git_error()) + ".",
              "Remove the clone's directory; the next rollout clones it again.");
}

}  // namespace engine
