// Which commits changed the value of a place in a file, as far as GitObjectStore has the history.
#include <algorithm>
#include <queue>
#include <set>
#include <utility>

#include "engine/git/commit_words.h"
#include "engine/git/file_version.h"
#include "engine/git/former_paths.h"
#include "engine/git/merge_base.h"
#include "engine/git/merged_value.h"
#include "engine/git/object_store.h"
#include "engine/git/past_values_anywhere.h"
#include "engine/git/value_change.h"
#include "engine/git/version_values.h"

namespace engine {
namespace {

using End = PastValues::End;
using Value = std::optional<std::string>;

struct Step {
  GitCommit commit;
  std::string path;  // of the file there
  FileVersion version = {};
};

std::optional<CommitId> id_of(const git_commit* commit) {
  return CommitId::parse(hex_of(*git_commit_id(commit)));
}

}  // namespace

// Goes along the first parents, which is the history of the branch itself.
class PastValuesWalk {
 public:
  PastValuesWalk(git_repository* repository, const PastValuesQuestion& question)
      : repository_(repository), question_(question), values_(repository, question) {}

  PastValues run(GitCommit head) {
    step_ = {std::move(head), question_.path.text()};
    if (!step_.commit) {
      found_.end = End::object_missing;
      return std::move(found_);
    }
    step_.version = version_at(step_.commit.get(), step_.path);
    if (!values_.find(step_.version, value_)) {
      found_.end = End::object_missing;
    } else {
      found_.value = proven(value_);
      found_.end = go();
    }
    found_.at = id_of(step_.commit.get());
    found_.missing = found_.end == End::object_missing ? values_.missing() : std::nullopt;
    return std::move(found_);
  }

  // Of all of the history, the newest commits first.
  std::vector<PastValue> run_everywhere(GitCommit head) {
    std::vector<PastValue> found;
    std::priority_queue<Pending> pending;
    std::set<git_oid, OidLess> seen;
    const auto push = [&](GitCommit commit, const FileVersion* like) {
      if (commit && seen.insert(*git_commit_id(commit.get())).second) {
        FileVersion version = version_at(commit.get(), question_.path.text(), like);
        pending.push({git_commit_time(commit.get()), *git_commit_id(commit.get()), version});
      }
    };
    push(std::move(head), nullptr);
    while (!pending.empty() && found.size() < question_.limit &&
           seen.size() < question_.max_commits && question_.go_on()) {
      const Pending newest = pending.top();
      pending.pop();
      Value value;
      if (values_.find(newest.version, value) && value &&
          std::ranges::none_of(found, [&](const PastValue& one) { return one.text() == *value; })) {
        found.push_back(PastValue(*value));
      }
      const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_, &newest.id);
      for (unsigned i = 0; commit && i < git_commit_parentcount(commit.get()); ++i) {
        push(git_new<GitCommit>(git_commit_parent, commit.get(), i), &newest.version);
      }
    }
    return found;
  }

 private:
  struct Pending {
    git_time_t time;
    git_oid id;
    FileVersion version;
    friend bool operator<(const Pending& one, const Pending& other) {
      return one.time < other.time;
    }
  };

  // To the end of the walk.
  End go() {
    for (std::size_t count = 0; count < question_.max_commits; ++count) {
      if (found_.changes.size() >= question_.limit) {
        return End::limit;
      }
      if (const auto end = take_known()) {
        return *end;
      }
      if (!question_.go_on()) {
        return End::stopped;
      }
      if (const auto end = go_back()) {
        return *end;
      }
    }
    return End::too_many_commits;
  }

  // What was found at this commit before, if that is enough now.
  std::optional<End> take_known() {
    const KnownPastValues* const known = question_.known;
    if (known == nullptr || step_.path != question_.path.text() ||
        hex_of(*git_commit_id(step_.commit.get())) != known->head.text()) {
      return std::nullopt;
    }
    const auto& changes = known->values.changes;
    const std::size_t wanted = question_.limit - found_.changes.size();
    if (changes.size() < wanted && known->values.end != End::beginning) {
      return std::nullopt;
    }
    const std::size_t taken = std::min(wanted, changes.size());
    found_.changes.insert(found_.changes.end(), changes.begin(),
                          changes.begin() + static_cast<std::ptrdiff_t>(taken));
    return taken == wanted ? End::limit : End::beginning;
  }

  // One commit back; the end if there is one.
  std::optional<End> go_back() {
    const git_commit* const commit = step_.commit.get();
    if (is_first_commit(commit)) {
      if (value_) {
        add(commit, std::nullopt);
      }
      return End::beginning;
    }
    std::vector<Step> parents = parents_of(step_);
    if (parents.empty()) {
      return End::no_more_history;
    }
    Step& first = parents.front();
    if (!first.version.is_same_file(step_.version)) {
      Value before;
      if (!values_.find(first.version, before)) {
        return End::object_missing;
      }
      if (before != value_) {
        return pass_change(parents, std::move(before));
      }
    }
    step_ = std::move(first);
    return std::nullopt;
  }

  // From a commit whose first parent has another value.
  std::optional<End> pass_change(std::vector<Step>& parents, Value before) {
    if (parents.size() != git_commit_parentcount(step_.commit.get())) {
      return End::no_more_history;
    }
    Step* side = nullptr;
    for (std::size_t i = 1; i < parents.size() && side == nullptr; ++i) {
      Value value;
      if (!values_.find(parents[i].version, value)) {
        return End::object_missing;
      }
      side = value == value_ ? &parents[i] : nullptr;
    }
    if (side != nullptr) {
      return pass_merge(parents.front(), *side, std::move(before));
    }
    add(step_.commit.get(), before);
    move_to(parents.front(), std::move(before));
    return std::nullopt;
  }

  // From a merge that took its value from `side`.
  std::optional<End> pass_merge(Step& first, Step& side, Value before) {
    const MergeBase parting = merge_base(repository_, *git_commit_id(first.commit.get()),
                                         *git_commit_id(side.commit.get()), question_.go_on);
    if (!parting.known) {
      return question_.go_on() ? End::no_more_history : End::stopped;
    }
    std::optional<Value> parted;
    if (parting.commit) {
      const GitCommit base = git_new<GitCommit>(git_commit_lookup, repository_, &*parting.commit);
      // Where one of the two has renamed the file since, it was where the branch has it.
      if (!base || !values_.find(version_at(base.get(), first.path), parted.emplace())) {
        return End::object_missing;
      }
    }
    switch (judge_merged_value(parted, before, value_)) {
      case MergedValue::side:
        step_ = std::move(side);
        return std::nullopt;
      case MergedValue::merge:
        add(step_.commit.get(), before);
        move_to(first, std::move(before));
        return std::nullopt;
      case MergedValue::side_setter:
        break;
    }
    return pass_side(first, std::move(side), std::move(before));
  }

  // Notes the commit of `side`'s history that gave it the value, and goes on with `first`.
  std::optional<End> pass_side(Step& first, Step side, Value before) {
    for (std::size_t count = 0; count < question_.max_commits; ++count) {
      if (!question_.go_on()) {
        return End::stopped;
      }
      std::vector<Step> parents = parents_of(side);
      Step* same = nullptr;
      for (Step& parent : parents) {
        Value value;
        if (!values_.find(parent.version, value)) {
          return End::object_missing;
        }
        if (value == value_) {
          same = &parent;
          break;
        }
      }
      if (same == nullptr) {
        if (parents.size() != git_commit_parentcount(side.commit.get()) ||
            (parents.empty() && !is_first_commit(side.commit.get()))) {
          return End::no_more_history;
        }
        add(side.commit.get(), before);
        move_to(first, std::move(before));
        return std::nullopt;
      }
      side = std::move(*same);
    }
    return End::too_many_commits;
  }

  // The parents as far as they are here, from the first one on.
  std::vector<Step> parents_of(const Step& step) {
    std::vector<Step> parents;
    const git_commit* const commit = step.commit.get();
    const unsigned count = git_commit_parentcount(commit);
    for (unsigned index = 0; index < count; ++index) {
      Step parent{git_new<GitCommit>(git_commit_parent, commit, index), step.path};
      if (!parent.commit) {
        break;
      }
      parent.version = version_at(parent.commit.get(), parent.path, &step.version);
      // Only the first parent counts where it has the same file.
      const bool counts = parents.empty() || !parents.front().version.is_same_file(step.version);
      if (counts && step.version.blob && parent.version.known && !parent.version.blob) {
        follow_rename(step, parent);
      }
      parents.push_back(std::move(parent));
    }
    return parents;
  }

  // The file is not in the parent: it may have been at another path there.
  void follow_rename(const Step& step, Step& parent) {
    FormerPaths former(parent.commit.get(), step.commit.get());
    auto found = former.find(step.path, *step.version.blob);
    if (!found.known) {
      values_.note_missing(found.missing);
      parent.version = {};
    } else if (found.file) {
      parent.path = std::move(found.file->path);
      parent.version = version_at(parent.commit.get(), parent.path);
    }
  }

  void add(const git_commit* commit, Value previous) {
    const auto id = id_of(commit);
    // libgit2 parses the message when it is first asked for, so it wants a commit of its own.
    const GitCommit own = git_new<GitCommit>(git_commit_lookup, repository_, git_commit_id(commit));
    if (id && own) {
      found_.changes.push_back({*id, authorship_of(commit), subject_of(own.get()), proven(value_),
                                proven(std::move(previous)), body_of(own.get())});
    }
  }

  static std::optional<PastValue> proven(Value value) {
    return value ? std::optional(PastValue(std::move(*value))) : std::nullopt;
  }

  void move_to(Step& parent, Value value) {
    step_ = std::move(parent);
    value_ = std::move(value);
  }

  git_repository* const repository_;
  const PastValuesQuestion& question_;
  VersionValues values_;
  Step step_;
  Value value_;  // at step_
  PastValues found_;
};

PastValues GitObjectStore::past_values(const CommitId& head,
                                       const PastValuesQuestion& question) const {
  return PastValuesWalk(repository_.get(), question).run(find_commit(head));
}

std::vector<PastValue> past_values_anywhere(const std::filesystem::path& clone,
                                            const CommitId& head,
                                            const PastValuesQuestion& question) {
  const GitRepository repository = open_clone(clone);
  git_oid id;
  if (!repository || git_oid_fromstr(&id, head.text().c_str()) != 0) {
    return {};
  }
  return PastValuesWalk(repository.get(), question)
      .run_everywhere(git_new<GitCommit>(git_commit_lookup, repository.get(), &id));
}

}  // namespace engine
