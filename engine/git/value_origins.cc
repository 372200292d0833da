// Which commits gave many places their values, as far as GitObjectStore has the history: one walk
// for all, so that a step costs what its commit changed, however many places there are. By the same
// rules as past_values(), so that both name the same commit.
#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <queue>
#include <unordered_map>
#include <utility>

#include "engine/git/commit_words.h"
#include "engine/git/file_version.h"
#include "engine/git/merge_base.h"
#include "engine/git/merged_value.h"
#include "engine/git/object_store.h"
#include "engine/git/value_comparison.h"
#include "engine/git/value_places.h"

namespace engine {
namespace {

// As value_origin() has it.
constexpr std::size_t kMaxVisited = 5000;

using Value = std::optional<std::string>;

// Along the branch, which is the first parents; or along whichever parent has the value, once a
// merge took it from a side.
enum Along : std::size_t { branch, side };

class Walk {
 public:
  Walk(git_repository* repository, const std::vector<ValuePlace>& places, const ReadValues& read,
       const std::function<bool()>& go_on)
      : repository_(repository),
        places_(places),
        comparison_(repository, places, read),
        go_on_(go_on),
        origins_(places.size()) {}

  std::vector<std::optional<ValueOrigin>> run(GitCommit head) {
    Places all;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      all[places_[i].file].push_back(i);
    }
    carry(head, Along::branch, std::move(all));
    for (std::size_t count = 0; !pending_.empty() && count < kMaxVisited && go_on_(); ++count) {
      const std::string id = pending_.top().second;
      pending_.pop();
      auto node = carried_.extract(id);
      pass_branch(node.mapped().commit, std::move(node.mapped().places[Along::branch]));
      pass_side(node.mapped().commit, std::move(node.mapped().places[Along::side]));
    }
    return std::move(origins_);
  }

 private:
  struct Carried {
    GitCommit commit;
    std::array<Places, 2> places;
  };

  // Has the places, which have their values at `commit`, looked at there.
  void carry(const GitCommit& commit, Along along, Places places) {
    if (!commit || places.empty()) {
      return;
    }
    const std::string id = hex_of(*git_commit_id(commit.get()));
    Carried& there = carried_[id];
    if (!there.commit) {
      pending_.emplace(git_commit_time(commit.get()), id);
      there.commit =
          git_new<GitCommit>(git_commit_lookup, repository_, git_commit_id(commit.get()));
    }
    Places& known = there.places.at(along);
    if (known.size() < places.size()) {
      std::swap(known, places);
    }
    for (auto& [file, numbers] : places) {
      auto& there_known = known[file];
      there_known.insert(there_known.end(), numbers.begin(), numbers.end());
    }
  }

  // The parents that are here, from the first on; and whether those are all.
  static std::pair<std::vector<GitCommit>, bool> parents_of(const GitCommit& commit) {
    std::vector<GitCommit> parents;
    const unsigned count = git_commit_parentcount(commit.get());
    while (parents.size() < count) {
      GitCommit parent = git_new<GitCommit>(git_commit_parent, commit.get(),
                                            static_cast<unsigned>(parents.size()));
      if (!parent) {
        return {std::move(parents), false};
      }
      parents.push_back(std::move(parent));
    }
    return {std::move(parents), count > 0 || is_first_commit(commit.get())};
  }

  // To the first parent; what has another value there was set by the commit, or by a side of it.
  void pass_branch(const GitCommit& commit, Places places) {
    if (places.empty()) {
      return;
    }
    const auto [parents, all_here] = parents_of(commit);
    if (parents.empty()) {
      note_all(commit, places, all_here);
      return;
    }
    SplitPlaces first = comparison_.split(commit, parents.front(), std::move(places));
    carry(parents.front(), Along::branch, std::move(first.same));
    if (!all_here) {
      return;
    }
    // What the first parent has, by the place's number: its path and its value.
    std::map<std::size_t, std::pair<std::string, Value>> before;
    Places left;
    for (ChangedPlaces& changed : first.changed) {
      for (auto& [number, value] : changed.values) {
        left[changed.file].push_back(number);
        before[number] = {changed.former, std::move(value)};
      }
    }
    for (std::size_t i = 1; i < parents.size() && !left.empty(); ++i) {
      SplitPlaces other = comparison_.split(commit, parents[i], std::move(left));
      left = places_of(other.changed);
      pass_merge(commit, parents.front(), parents[i], std::move(other.same), before);
    }
    note_all(commit, left, all_here);
  }

  // Of places whose value a merge has from `other` and not from `first`.
  void pass_merge(const GitCommit& commit, const GitCommit& first, const GitCommit& other,
                  Places taken,
                  const std::map<std::size_t, std::pair<std::string, Value>>& before) {
    if (taken.empty()) {
      return;
    }
    const MergeBase parting =
        merge_base(repository_, *git_commit_id(first.get()), *git_commit_id(other.get()), go_on_);
    if (!parting.known) {
      return;
    }
    if (!parting.commit) {
      carry(other, Along::side, std::move(taken));
      return;
    }
    const GitCommit base = git_new<GitCommit>(git_commit_lookup, repository_, &*parting.commit);
    Places by_former;
    std::map<std::size_t, std::string> there;  // the file in `other`
    for (const auto& [file, numbers] : taken) {
      for (const std::size_t number : numbers) {
        by_former[before.at(number).first].push_back(number);
        there[number] = file;
      }
    }
    for (const auto& [former, numbers] : by_former) {
      std::vector<Value> parted;
      if (!base || !comparison_.read_at(version_at(base.get(), former), numbers, parted)) {
        continue;
      }
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::size_t number = numbers[i];
        const MergedValue judged =
            judge_merged_value(parted[i], before.at(number).second, places_[number].value);
        if (judged == MergedValue::merge) {
          note(commit, number);
        } else {
          carry(other, judged == MergedValue::side ? Along::branch : Along::side,
                {{there[number], {number}}});
        }
      }
    }
  }

  // To the first parents that have the values; the commit is the origin of the others.
  void pass_side(const GitCommit& commit, Places places) {
    if (places.empty()) {
      return;
    }
    const auto [parents, all_here] = parents_of(commit);
    for (std::size_t i = 0; i < parents.size() && !places.empty(); ++i) {
      SplitPlaces parent = comparison_.split(commit, parents[i], std::move(places));
      places = places_of(parent.changed);
      carry(parents[i], Along::side, std::move(parent.same));
    }
    note_all(commit, places, all_here);
  }

  static Places places_of(const std::vector<ChangedPlaces>& all) {
    Places places;
    for (const ChangedPlaces& changed : all) {
      for (const auto& [number, value] : changed.values) {
        places[changed.file].push_back(number);
      }
    }
    return places;
  }

  void note_all(const GitCommit& commit, const Places& places, bool all_here) {
    for (const auto& [file, numbers] : places) {
      for (const std::size_t number : numbers) {
        if (all_here) {
          note(commit, number);
        }
      }
    }
  }

  void note(const GitCommit& commit, std::size_t number) {
    if (const auto id = CommitId::parse(hex_of(*git_commit_id(commit.get())))) {
      origins_[number] = ValueOrigin{*id, authorship_of(commit.get())};
    }
  }

  git_repository* repository_;
  const std::vector<ValuePlace>& places_;
  ValueComparison comparison_;
  const std::function<bool()>& go_on_;
  std::vector<std::optional<ValueOrigin>> origins_;
  std::unordered_map<std::string, Carried> carried_;                 // by the commit's id
  std::priority_queue<std::pair<git_time_t, std::string>> pending_;  // the newest first
};

}  // namespace

std::vector<std::optional<ValueOrigin>> GitObjectStore::value_origins(
    const CommitId& head, const std::vector<ValuePlace>& places, const ReadValues& read,
    const std::function<bool()>& go_on) const {
  return Walk(repository_.get(), places, read, go_on).run(find_commit(head));
}

}  // namespace engine
