// What a branch has that another history has not, as far as GitObjectStore has both.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/git/file_version.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/merge_base.h"
#include "engine/git/object_store.h"

namespace engine {
namespace {

// More than a rollout makes by far.
constexpr std::size_t kMaxOfBranch = 100;
constexpr std::size_t kMaxPaths = 100;
// Weeks of a busy repository. What was merged before is not noticed.
constexpr std::size_t kMaxOfOther = 20'000;

// What stands at a path; nothing has a mode of 0.
struct Entry {
  git_oid id{};
  unsigned mode = 0;

  friend bool operator==(const Entry& one, const Entry& other) {
    return one.mode == other.mode && git_oid_equal(&one.id, &other.id) != 0;
  }
};

struct ChangedPath {
  std::string path;
  Entry before;
  Entry after;
};

Entry entry_of(const git_diff_file& file) {
  return file.mode == GIT_FILEMODE_UNREADABLE ? Entry() : Entry{file.id, file.mode};
}

// Nothing where that cannot be told.
std::optional<std::vector<ChangedPath>> paths_changed(git_repository* repository,
                                                      const git_commit* from,
                                                      const git_commit* to) {
  const GitTree before = git_new<GitTree>(git_commit_tree, from);
  const GitTree after = git_new<GitTree>(git_commit_tree, to);
  const GitDiff diff = before && after ? git_new<GitDiff>(git_diff_tree_to_tree, repository,
                                                          before.get(), after.get(), nullptr)
                                       : GitDiff();
  const std::size_t count = diff ? git_diff_num_deltas(diff.get()) : 0;
  if (!diff || count > kMaxPaths) {
    return std::nullopt;
  }
  std::vector<ChangedPath> paths;
  for (std::size_t i = 0; i < count; ++i) {
    const git_diff_delta* const delta = git_diff_get_delta(diff.get(), i);
    const bool is_new = delta->status == GIT_DELTA_ADDED;
    const bool is_gone = delta->status == GIT_DELTA_DELETED;
    paths.push_back({is_gone ? delta->old_file.path : delta->new_file.path,
                     is_new ? Entry() : entry_of(delta->old_file),
                     is_gone ? Entry() : entry_of(delta->new_file)});
  }
  return paths;
}

// Whether a history has had all that a branch changes. Where others have changed the same files
// meanwhile, merging the branch must make no difference.
class MergedChange {
 public:
  MergedChange(git_repository* repository, std::vector<ChangedPath> paths)
      : odb_(git_new<GitOdb>(git_repository_odb, repository)), paths_(std::move(paths)) {}

  bool is_in(const git_commit* commit) {
    const GitTree tree = git_new<GitTree>(git_commit_tree, commit);
    if (!tree || !odb_ || paths_.empty()) {
      return false;
    }
    std::vector<Entry> entries;
    for (const ChangedPath& path : paths_) {
      const GitTreeEntry entry =
          git_new<GitTreeEntry>(git_tree_entry_bypath, tree.get(), path.path.c_str());
      entries.push_back(
          entry ? Entry{*git_tree_entry_id(entry.get()), git_tree_entry_filemode(entry.get())}
                : Entry());
    }
    if (entries == last_) {
      return false;
    }
    bool has_all = true;
    for (std::size_t i = 0; i < entries.size() && has_all; ++i) {
      has_all = entries[i] == paths_[i].after || makes_no_difference(paths_[i], entries[i]);
    }
    last_ = std::move(entries);
    return has_all;
  }

 private:
  bool makes_no_difference(const ChangedPath& path, const Entry& there) const {
    if (there.mode == 0 || there.mode != path.before.mode || there.mode != path.after.mode) {
      return false;
    }
    const auto before = ManifestBlob::read(odb_.get(), path.before.id);
    const auto after = ManifestBlob::read(odb_.get(), path.after.id);
    const auto now = ManifestBlob::read(odb_.get(), there.id);
    return before && after && now &&
           merged(before->bytes(), now->bytes(), after->bytes()) == now->bytes();
  }

  // Nothing for a conflict.
  static std::optional<std::string> merged(std::string_view base, std::string_view one,
                                           std::string_view other) {
    const auto input_of = [](std::string_view bytes) {
      git_merge_file_input input = GIT_MERGE_FILE_INPUT_INIT;
      input.ptr = bytes.data();
      input.size = bytes.size();
      return input;
    };
    const git_merge_file_input ancestor = input_of(base);
    const git_merge_file_input ours = input_of(one);
    const git_merge_file_input theirs = input_of(other);
    git_merge_file_result result{};
    if (git_merge_file(&result, &ancestor, &ours, &theirs, nullptr) != 0) {
      return std::nullopt;
    }
    auto bytes = result.automergeable != 0 ? std::optional(std::string(result.ptr, result.len))
                                           : std::nullopt;
    git_merge_file_result_free(&result);
    return bytes;
  }

  GitOdb odb_;
  std::vector<ChangedPath> paths_;
  std::vector<Entry> last_;  // that were looked at, and had not all
};

// Goes along the first parents of `from` to the commit `end`, which it does not look at, as long as
// `look` says yes; at most so many. False unless it came there.
template <class Look>
bool walk(git_repository* repository, const git_oid& from, const git_oid& end, std::size_t most,
          const Look& look) {
  git_oid id = from;
  for (std::size_t count = 0; git_oid_equal(&id, &end) == 0; ++count) {
    const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository, &id);
    if (!commit || count == most || !look(commit.get()) ||
        git_commit_parentcount(commit.get()) == 0) {
      return false;
    }
    id = *git_commit_parent_id(commit.get(), 0);
  }
  return true;
}

}  // namespace

Divergence GitObjectStore::divergence(const CommitId& branch, const CommitId& other,
                                      const std::function<bool()>& go_on) const {
  const GitCommit tip = find_commit(branch);
  const GitCommit head = find_commit(other);
  if (!tip || !head) {
    return {};
  }
  const git_oid& tip_id = *git_commit_id(tip.get());
  const git_oid& head_id = *git_commit_id(head.get());
  const MergeBase parting = merge_base(repository_.get(), tip_id, head_id, go_on);
  if (!parting.known || !parting.commit) {
    return {.known = parting.known};
  }
  const git_oid& base_id = *parting.commit;
  Divergence found{.known = true, .base = CommitId::parse(hex_of(base_id))};
  if (git_oid_equal(&base_id, &tip_id) != 0) {
    found.is_merged = true;
    return found;
  }
  found.is_linear =
      walk(repository_.get(), tip_id, base_id, kMaxOfBranch, [&](const git_commit* commit) {
        auto id = CommitId::parse(hex_of(*git_commit_id(commit)));
        const bool is_one = id && git_commit_parentcount(commit) == 1;
        if (is_one) {
          found.commits.push_back(std::move(*id));
        }
        return is_one;
      });
  const GitCommit base = git_new<GitCommit>(git_commit_lookup, repository_.get(), &base_id);
  auto paths = base ? paths_changed(repository_.get(), base.get(), tip.get()) : std::nullopt;
  if (paths) {
    MergedChange change(repository_.get(), std::move(*paths));
    walk(repository_.get(), head_id, base_id, kMaxOfOther, [&](const git_commit* commit) {
      found.is_merged = change.is_in(commit);
      return !found.is_merged && go_on();
    });
  }
  return found;
}

}  // namespace engine
