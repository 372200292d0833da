#include "engine/git/former_paths.h"

#include <cstddef>
#include <cstdint>

namespace engine {
namespace {

// Pairs of a removed and an added file whose contents are compared, which takes about a
// microsecond. git has a limit of its own, a higher one.
constexpr std::size_t kMaxPairs = 100'000;
// Of the contents that are compared, together.
constexpr std::size_t kMaxBytes = std::size_t{32} << 20U;
// Of which git says by itself that one file became the other, in percent.
constexpr std::uint16_t kMinSimilarity = 50;

bool is_ordinary_file(std::uint16_t mode) {
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

}  // namespace

FormerPaths::Answer FormerPaths::find(const std::string& path, const git_oid& blob) {
  if (!has_names_) {
    compare_names();
    has_names_ = true;
  }
  if (!diff_) {
    return {};
  }
  if (const auto same = gone_.find(blob); same != gone_.end()) {
    return same->second.size() == 1 ? Answer{true, FormerFile{same->second.front(), blob}}
                                    : Answer{true};
  }
  if (!has_contents_) {
    compare_contents();
    has_contents_ = true;
  }
  if (is_cut_) {
    return {false, std::nullopt, missing_};
  }
  const auto found = renamed_.find(path);
  return found != renamed_.end() ? Answer{true, found->second} : Answer{true};
}

void FormerPaths::compare_names() {
  const GitTree before = git_new<GitTree>(git_commit_tree, parent_);
  const GitTree after = git_new<GitTree>(git_commit_tree, commit_);
  if (before && after) {
    diff_ = git_new<GitDiff>(git_diff_tree_to_tree, git_commit_owner(commit_), before.get(),
                             after.get(), nullptr);
  }
  for (std::size_t i = 0; diff_ && i < git_diff_num_deltas(diff_.get()); ++i) {
    const git_diff_delta* const delta = git_diff_get_delta(diff_.get(), i);
    if (delta->status == GIT_DELTA_DELETED && is_ordinary_file(delta->old_file.mode)) {
      gone_[delta->old_file.id].emplace_back(delta->old_file.path);
    }
  }
}

void FormerPaths::compare_contents() {
  const GitOdb odb = git_new<GitOdb>(git_repository_odb, git_commit_owner(commit_));
  std::size_t gone = 0;
  std::size_t added = 0;
  for (std::size_t i = 0; i < git_diff_num_deltas(diff_.get()); ++i) {
    const git_diff_delta* const delta = git_diff_get_delta(diff_.get(), i);
    gone += delta->status == GIT_DELTA_DELETED ? 1 : 0;
    added += delta->status == GIT_DELTA_ADDED ? 1 : 0;
  }
  if (gone == 0 || added == 0 || gone > kMaxPairs / added) {
    return;
  }
  std::size_t bytes = 0;
  for (std::size_t i = 0; odb && i < git_diff_num_deltas(diff_.get()); ++i) {
    const git_diff_delta* const delta = git_diff_get_delta(diff_.get(), i);
    const bool is_gone = delta->status == GIT_DELTA_DELETED;
    const git_diff_file& file = is_gone ? delta->old_file : delta->new_file;
    if ((is_gone || delta->status == GIT_DELTA_ADDED) && is_ordinary_file(file.mode)) {
      std::size_t size = 0;
      git_object_t type = GIT_OBJECT_INVALID;
      if (git_odb_read_header(&size, &type, odb.get(), &file.id) != 0) {
        is_cut_ = true;
        missing_ = hex_of(file.id);
        return;
      }
      bytes += size;
    }
  }
  if (bytes > kMaxBytes) {
    return;
  }
  git_diff_find_options options = GIT_DIFF_FIND_OPTIONS_INIT;
  options.flags = GIT_DIFF_FIND_RENAMES;
  options.rename_threshold = kMinSimilarity;
  options.rename_limit = kMaxPairs;
  if (!odb || git_diff_find_similar(diff_.get(), &options) != 0) {
    is_cut_ = true;
    return;
  }
  for (std::size_t i = 0; i < git_diff_num_deltas(diff_.get()); ++i) {
    const git_diff_delta* const delta = git_diff_get_delta(diff_.get(), i);
    if (delta->status == GIT_DELTA_RENAMED && is_ordinary_file(delta->old_file.mode)) {
      renamed_[delta->new_file.path] = {delta->old_file.path, delta->old_file.id};
    }
  }
}

}  // namespace engine
