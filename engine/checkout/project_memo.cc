#include "engine/checkout/project_memo.h"

#include <algorithm>

#include <sys/stat.h>

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxKept = 100;
constexpr std::size_t kGit = 1;  // the place of `.git` among the states

}  // namespace

// The entries of `.git` decide what kind of repository it is (HEAD, `commondir`), and those of its
// `worktrees` whether there are others.
ProjectMemo::Files ProjectMemo::files_of(const fs::path& directory) {
  const fs::path git = directory / ".git";
  const fs::path claude = directory / ".claude";
  return {directory, git, git / "worktrees", claude, claude / "rwenv"};
}

ProjectMemo::States ProjectMemo::states_of(const Files& files) {
  States states = {state_of(files.front())};
  for (std::size_t i = 1; i < kFiles; ++i) {
    states[i] = state_of_entry(files[i]);
  }
  return states;
}

ProjectMemo::States ProjectMemo::states_of(const fs::path& directory) {
  return states_of(files_of(directory));
}

ProjectFacts ProjectMemo::find(const fs::path& directory, TimePoint since) {
  std::shared_ptr<const Files> files;
  {
    const locking::MutexLock lock(mutex_);
    const auto known = entries_.find(directory);
    if (known == entries_.end()) {
      return {};
    }
    if (known->second.looked_at >= since) {
      return known->second.facts;
    }
    files = known->second.files;
  }
  const TimePoint now = std::chrono::steady_clock::now();
  const States states = states_of(*files);
  const locking::MutexLock lock(mutex_);
  const auto known = entries_.find(directory);
  if (known == entries_.end()) {
    return {};
  }
  if (known->second.states != states) {
    entries_.erase(known);
    return {};
  }
  known->second.looked_at = std::max(known->second.looked_at, now);
  return known->second.facts;
}

void ProjectMemo::keep(const fs::path& directory, const States& before, const WorkTree& work_tree) {
  // A `.git` with a `commondir` shares its `worktrees` with a repository elsewhere.
  const bool is_plain = work_tree.root == directory && !work_tree.has_others && before[kGit] &&
                        S_ISDIR(before[kGit]->mode) &&
                        !state_of_entry(directory / ".git/commondir");
  if (is_plain && is_settled(before) && states_of(directory) == before) {
    const locking::MutexLock lock(mutex_);
    facts_of(directory, before).work_tree = work_tree;
  }
}

void ProjectMemo::keep(const fs::path& directory, const States& before,
                       const std::string& rwenv_name) {
  if (is_settled(before) && states_of(directory) == before) {
    const locking::MutexLock lock(mutex_);
    facts_of(directory, before).rwenv_name = rwenv_name;
  }
}

bool ProjectMemo::is_settled(const States& states) const {
  return std::ranges::all_of(states, [now = now_()](const std::optional<FileState>& state) {
    return !state || engine::is_settled(*state, now);
  });
}

// Of the files in these states.
ProjectFacts& ProjectMemo::facts_of(const fs::path& directory, const States& states) {
  if (entries_.size() >= kMaxKept && !entries_.contains(directory)) {
    entries_.clear();
  }
  Entry& entry = entries_[directory];
  if (entry.states != states) {
    entry = {std::make_shared<const Files>(files_of(directory)), states, {}, {}};
  }
  return entry.facts;
}

}  // namespace engine
