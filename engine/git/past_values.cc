// Which commits changed the value of a place in a file, as far as GitObjectStore has the history.
#include <algorithm>
#include <map>
#include <utility>

#include "engine/git/commit_words.h"
#include "engine/git/file_version.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/merge_base.h"
#include "engine/git/object_store.h"
#include "engine/git/value_change.h"

namespace engine {
namespace {

// Bounds the memory that a walk takes; the time limit ends most walks before.
constexpr std::size_t kMaxCommits = 200'000;

// Of the files that are gone where one of them may have been renamed and changed at once: each is
// parsed.
constexpr std::size_t kMaxGone = 1000;

using End = PastValues::End;
using Value = std::optional<std::string>;

struct Step {
  GitCommit commit;
  std::string path;  // of the file there
  FileVersion version = {};
};

std::string_view extension_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot);
}

std::optional<CommitId> id_of(const git_commit* commit) {
  return CommitId::parse(hex_of(*git_commit_id(commit)));
}

// The values in versions of one file; each is read once.
class Values {
 public:
  Values(git_repository* repository, const ReadValue& read)
      : odb_(git_new<GitOdb>(git_repository_odb, repository)), read_(read) {}

  // False where the version cannot be read: missing() is then its id, unless a directory is what
  // is not here.
  bool find(const FileVersion& version, Value& value) {
    if (!version.known || !odb_) {
      return false;
    }
    value.reset();
    if (!version.blob) {
      return true;
    }
    const std::string id = hex_of(*version.blob);
    if (const auto known = values_.find(id); known != values_.end()) {
      value = known->second;
      return true;
    }
    const auto blob = ManifestBlob::read(odb_.get(), *version.blob);
    if (!blob && blob.error().kind == BlobFault::Kind::unreadable) {
      missing_ = id;
      return false;
    }
    value = blob ? read_(blob->bytes()) : std::nullopt;
    values_.emplace(id, value);
    return true;
  }

  const std::optional<std::string>& missing() const { return missing_; }

 private:
  GitOdb odb_;
  const ReadValue& read_;
  std::map<std::string, Value, std::less<>> values_;  // by the blob's id
  std::optional<std::string> missing_;
};

}  // namespace

// Goes along the first parents, which is the history of the branch itself.
class PastValuesWalk {
 public:
  PastValuesWalk(git_repository* repository, const PastValuesQuestion& question)
      : repository_(repository), question_(question), values_(repository, question.read) {}

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

 private:
  // To the end of the walk.
  End go() {
    for (std::size_t count = 0; count < kMaxCommits; ++count) {
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

  // From a merge that took its value from `side`. Where the branch itself had not changed it since
  // the two parted, what the side did is the history; else the side's commit came after the
  // branch's.
  std::optional<End> pass_merge(Step& first, Step& side, Value before) {
    const MergeBase parting = merge_base(repository_, *git_commit_id(first.commit.get()),
                                         *git_commit_id(side.commit.get()), question_.go_on);
    if (!parting.known) {
      return question_.go_on() ? End::no_more_history : End::stopped;
    }
    if (!parting.commit) {
      return pass_side(first, std::move(side), std::move(before));  // unrelated histories
    }
    const GitCommit base = git_new<GitCommit>(git_commit_lookup, repository_, &*parting.commit);
    Value parted;
    // Where one of the two has renamed the file since, it was where the branch has it.
    if (!base || !values_.find(version_at(base.get(), first.path), parted)) {
      return End::object_missing;
    }
    if (parted == before) {
      step_ = std::move(side);
    } else if (parted == value_) {
      add(step_.commit.get(), before);  // the merge itself chose it
      move_to(first, std::move(before));
    } else {
      return pass_side(first, std::move(side), std::move(before));
    }
    return std::nullopt;
  }

  // Notes the commit of `side`'s history that gave it the value, and goes on with `first`.
  std::optional<End> pass_side(Step& first, Step side, Value before) {
    for (std::size_t count = 0; count < kMaxCommits; ++count) {
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

  // The file is not in the parent: it may have been at another path there, with the same bytes, or
  // else with the place in it. Where that is not one file alone, it is a new one.
  void follow_rename(const Step& step, Step& parent) {
    std::vector<GoneFile> gone = files_gone(parent.commit.get(), step.commit.get());
    std::vector<GoneFile> same = gone;
    std::erase_if(same, [&](const GoneFile& file) {
      return git_oid_equal(&file.blob, &*step.version.blob) == 0;
    });
    if (same.empty() && gone.size() <= kMaxGone) {
      std::erase_if(gone, [&](const GoneFile& file) { return !has_place(file); });
      same = std::move(gone);
    }
    if (same.size() == 1) {
      parent.path = std::move(same.front().path);
      parent.version = version_at(parent.commit.get(), parent.path);
    }
  }

  bool has_place(const GoneFile& file) {
    Value value;
    return extension_of(file.path) == extension_of(question_.path.text()) &&
           values_.find({.known = true, .blob = file.blob}, value) && value;
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
  Values values_;
  Step step_;
  Value value_;  // at step_
  PastValues found_;
};

PastValues GitObjectStore::past_values(const CommitId& head,
                                       const PastValuesQuestion& question) const {
  return PastValuesWalk(repository_.get(), question).run(find_commit(head));
}

}  // namespace engine
