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
#include "engine/git/former_paths.h"
#include "engine/git/manifest_blob.h"
#include "engine/git/merge_base.h"
#include "engine/git/merged_value.h"
#include "engine/git/object_store.h"
#include "engine/git/value_places.h"

namespace engine {
namespace {

// As value_origin() has it.
constexpr std::size_t kMaxCommits = 5000;
// Of versions of the files that are parsed.
constexpr std::size_t kMaxParsedBytes = std::size_t{4} << 20U;

using Value = std::optional<std::string>;

// Places by the file that they are in.
using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

// Along the branch, which is the first parents; or along whichever parent has the value, once a
// merge took it from a side.
enum Along : std::size_t { branch, side };

// Places that have another value in a parent.
struct Changed {
  std::string file;                                   // in the commit
  std::string former;                                 // in the parent
  std::vector<std::pair<std::size_t, Value>> values;  // there, by the place's number
};

// Of one parent.
struct Split {
  Places same;  // by the file there
  std::vector<Changed> changed;
};

class Walk {
 public:
  Walk(git_repository* repository, const std::vector<ValuePlace>& places, const ReadValues& read,
       const std::function<bool()>& go_on)
      : repository_(repository),
        odb_(git_new<GitOdb>(git_repository_odb, repository)),
        places_(places),
        read_(read),
        go_on_(go_on),
        origins_(places.size()) {}

  std::vector<std::optional<ValueOrigin>> run(GitCommit head) {
    Places all;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      all[places_[i].file].push_back(i);
    }
    carry(head, Along::branch, std::move(all));
    for (std::size_t count = 0; odb_ && !pending_.empty() && count < kMaxCommits && go_on_();
         ++count) {
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
      add(known, file, numbers);
    }
  }

  static void add(Places& places, const std::string& file,
                  const std::vector<std::size_t>& numbers) {
    auto& known = places[file];
    known.insert(known.end(), numbers.begin(), numbers.end());
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
    Split first = split(commit, parents.front(), std::move(places));
    carry(parents.front(), Along::branch, std::move(first.same));
    if (!all_here) {
      return;
    }
    // What the first parent has, by the place's number: its path and its value.
    std::map<std::size_t, std::pair<std::string, Value>> before;
    Places left;
    for (Changed& changed : first.changed) {
      for (auto& [number, value] : changed.values) {
        left[changed.file].push_back(number);
        before[number] = {changed.former, std::move(value)};
      }
    }
    for (std::size_t i = 1; i < parents.size() && !left.empty(); ++i) {
      Split other = split(commit, parents[i], std::move(left));
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
      if (!base || !read_at(version_at(base.get(), former), numbers, parted)) {
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
      Split parent = split(commit, parents[i], std::move(places));
      places = places_of(parent.changed);
      carry(parents[i], Along::side, std::move(parent.same));
    }
    note_all(commit, places, all_here);
  }

  static Places places_of(const std::vector<Changed>& all) {
    Places places;
    for (const Changed& changed : all) {
      for (const auto& [number, value] : changed.values) {
        places[changed.file].push_back(number);
      }
    }
    return places;
  }

  // By whether the places, which have their values in `commit`, have the same in `parent`. What
  // cannot be told is in neither.
  Split split(const GitCommit& commit, const GitCommit& parent, Places places) {
    const GitTree before = git_new<GitTree>(git_commit_tree, parent.get());
    const GitTree after = git_new<GitTree>(git_commit_tree, commit.get());
    const GitDiff diff = before && after ? git_new<GitDiff>(git_diff_tree_to_tree, repository_,
                                                            before.get(), after.get(), nullptr)
                                         : GitDiff();
    if (!diff) {
      return {};
    }
    Split out;
    FormerPaths former(parent.get(), commit.get());
    for (std::size_t i = 0; i < git_diff_num_deltas(diff.get()); ++i) {
      const git_diff_delta* const delta = git_diff_get_delta(diff.get(), i);
      const auto found = places.find(delta->new_file.path);
      if (found == places.end()) {
        continue;
      }
      const std::string file = found->first;
      const std::vector<std::size_t> numbers = std::move(found->second);
      places.erase(found);
      const FileVersion here = version_at(commit.get(), file);
      FileVersion there = version_at(parent.get(), file);
      std::string path = file;
      if (here.blob && there.known && !there.blob) {
        auto renamed = former.find(file, *here.blob);
        there.known = renamed.known;
        if (renamed.file) {
          path = std::move(renamed.file->path);
          there.blob = renamed.file->blob;
        }
      }
      compare(file, path, here.is_same_file(there), there, numbers, out);
    }
    for (auto& [file, numbers] : places) {
      add(out.same, file, numbers);
    }
    return out;
  }

  void compare(const std::string& file, const std::string& path, bool is_same,
               const FileVersion& there, const std::vector<std::size_t>& numbers, Split& out) {
    if (is_same) {
      add(out.same, path, numbers);
      return;
    }
    std::vector<Value> values;
    if (!read_at(there, numbers, values)) {
      return;
    }
    Changed changed{file, path, {}};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (values[i] == places_[numbers[i]].value) {
        out.same[path].push_back(numbers[i]);
      } else {
        changed.values.emplace_back(numbers[i], std::move(values[i]));
      }
    }
    if (!changed.values.empty()) {
      out.changed.push_back(std::move(changed));
    }
  }

  // The values of the places there; false where they cannot be told.
  bool read_at(const FileVersion& version, const std::vector<std::size_t>& numbers,
               std::vector<Value>& values) {
    values.assign(numbers.size(), std::nullopt);
    if (!version.known || !version.blob) {
      return version.known;
    }
    const auto blob = ManifestBlob::read(odb_.get(), *version.blob);
    if (!blob) {
      return blob.error().kind != BlobFault::Kind::unreadable;  // a partial clone lacks it
    }
    if (blob->bytes().size() > left_) {
      return false;
    }
    left_ -= blob->bytes().size();
    values = read_(numbers, blob->bytes());
    return true;
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
  GitOdb odb_;
  const std::vector<ValuePlace>& places_;
  const ReadValues& read_;
  const std::function<bool()>& go_on_;
  std::vector<std::optional<ValueOrigin>> origins_;
  std::unordered_map<std::string, Carried> carried_;                 // by the commit's id
  std::priority_queue<std::pair<git_time_t, std::string>> pending_;  // the newest first
  std::size_t left_ = kMaxParsedBytes;
};

}  // namespace

std::vector<std::optional<ValueOrigin>> GitObjectStore::value_origins(
    const CommitId& head, const std::vector<ValuePlace>& places, const ReadValues& read,
    const std::function<bool()>& go_on) const {
  return Walk(repository_.get(), places, read, go_on).run(find_commit(head));
}

}  // namespace engine
