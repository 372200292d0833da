// Which commits gave many places their values, as far as GitObjectStore has the history: one walk
// for all, so that a step costs what its commit changed, however many places there are.
#include <algorithm>
#include <cstddef>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>

#include "engine/git/commit_words.h"
#include "engine/git/file_version.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/object_store.h"
#include "engine/git/value_places.h"

namespace engine {
namespace {

// As value_origin() has it.
constexpr std::size_t kMaxCommits = 5000;
// Of versions of the files that are parsed.
constexpr std::size_t kMaxParsedBytes = std::size_t{4} << 20U;

// Places by the file that they are in.
using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

class Walk {
 public:
  Walk(git_repository* repository, const std::vector<ValuePlace>& places, const ReadValues& read)
      : repository_(repository),
        odb_(git_new<GitOdb>(git_repository_odb, repository)),
        places_(places),
        read_(read),
        origins_(places.size()) {}

  std::vector<std::optional<ValueOrigin>> run(GitCommit head, const std::function<bool()>& go_on) {
    Places all;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      all[places_[i].file].push_back(i);
    }
    carry(head, std::move(all));
    for (std::size_t count = 0; odb_ && !pending_.empty() && count < kMaxCommits && go_on();
         ++count) {
      const std::string id = pending_.top().second;
      pending_.pop();
      auto node = carried_.extract(id);
      pass(node.mapped().commit, std::move(node.mapped().places));
    }
    return std::move(origins_);
  }

 private:
  struct Carried {
    GitCommit commit;
    Places places;
  };

  // Has the places, which have their values at `commit`, looked at there.
  void carry(GitCommit& commit, Places places) {
    if (!commit || places.empty()) {
      return;
    }
    const std::string id = hex_of(*git_commit_id(commit.get()));
    Carried& there = carried_[id];
    if (!there.commit) {
      pending_.emplace(git_commit_time(commit.get()), id);
      there.commit = std::move(commit);
    }
    if (there.places.size() < places.size()) {
      std::swap(there.places, places);
    }
    for (auto& [file, numbers] : places) {
      auto& known = there.places[file];
      known.insert(known.end(), numbers.begin(), numbers.end());
    }
  }

  // To the parents that have the same values; the commit is the origin of the others.
  void pass(const GitCommit& commit, Places places) {
    const unsigned count = git_commit_parentcount(commit.get());
    if (count == 0) {
      if (is_first_commit(commit.get())) {
        note(commit.get(), places);
      }
      return;
    }
    bool all_here = true;
    for (unsigned index = 0; index < count && !places.empty(); ++index) {
      GitCommit parent = git_new<GitCommit>(git_commit_parent, commit.get(), index);
      if (!parent) {
        all_here = false;
        continue;
      }
      Places same = take_same(commit.get(), parent.get(), places);
      carry(parent, std::move(same));
    }
    if (all_here) {
      note(commit.get(), places);
    }
  }

  // Of the places, takes those that have the same value in `parent`; what cannot be told is
  // dropped.
  Places take_same(const git_commit* commit, const git_commit* parent, Places& places) {
    const GitTree before = git_new<GitTree>(git_commit_tree, parent);
    const GitTree after = git_new<GitTree>(git_commit_tree, commit);
    const GitDiff diff = before && after ? git_new<GitDiff>(git_diff_tree_to_tree, repository_,
                                                            before.get(), after.get(), nullptr)
                                         : GitDiff();
    if (!diff) {
      places.clear();
      return {};
    }
    Places changed;
    Places same;
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
      const git_diff_delta* const delta = git_diff_get_delta(diff.get(), i);
      const auto found = places.find(delta->new_file.path);
      if (found == places.end()) {
        continue;
      }
      auto numbers = std::move(found->second);
      places.erase(found);
      if (delta->status == GIT_DELTA_MODIFIED) {
        compare(delta->new_file.path, delta->old_file.id, std::move(numbers), changed, same);
      } else {
        changed[delta->new_file.path] = std::move(numbers);
      }
    }
    for (auto& [file, numbers] : same) {
      places[file] = std::move(numbers);
    }
    return std::exchange(places, std::move(changed));
  }

  void compare(const std::string& file, const git_oid& id, std::vector<std::size_t> numbers,
               Places& changed, Places& same) {
    const auto blob = ManifestBlob::read(odb_.get(), id);
    if (!blob && blob.error().kind == BlobFault::Kind::unreadable) {
      return;  // a partial clone lacks it
    }
    if (blob && blob->bytes().size() > left_) {
      return;
    }
    left_ -= blob ? blob->bytes().size() : 0;
    const auto values = blob ? read_(numbers, blob->bytes())
                             : std::vector<std::optional<std::string>>(numbers.size());
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const bool is_same = values[i] == places_[numbers[i]].value;
      (is_same ? same : changed)[file].push_back(numbers[i]);
    }
  }

  void note(const git_commit* commit, const Places& places) {
    const auto id = CommitId::parse(hex_of(*git_commit_id(commit)));
    for (const auto& [file, numbers] : places) {
      for (const std::size_t number : numbers) {
        if (id) {
          origins_[number] = ValueOrigin{*id, authorship_of(commit)};
        }
      }
    }
  }

  git_repository* repository_;
  GitOdb odb_;
  const std::vector<ValuePlace>& places_;
  const ReadValues& read_;
  std::vector<std::optional<ValueOrigin>> origins_;
  std::unordered_map<std::string, Carried> carried_;                 // by the commit's id
  std::priority_queue<std::pair<git_time_t, std::string>> pending_;  // the newest first
  std::size_t left_ = kMaxParsedBytes;
};

}  // namespace

std::vector<std::optional<ValueOrigin>> GitObjectStore::value_origins(
    const CommitId& head, const std::vector<ValuePlace>& places, const ReadValues& read,
    const std::function<bool()>& go_on) const {
  return Walk(repository_.get(), places, read).run(find_commit(head), go_on);
}

}  // namespace engine
