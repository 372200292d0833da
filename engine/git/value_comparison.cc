#include "engine/git/value_comparison.h"

#include "engine/git/former_paths.h"
#include "engine/git/manifest_blob.h"

namespace engine {
namespace {

void add(Places& places, const std::string& file, const std::vector<std::size_t>& numbers) {
  auto& known = places[file];
  known.insert(known.end(), numbers.begin(), numbers.end());
}

}  // namespace

SplitPlaces ValueComparison::split(const GitCommit& commit, const GitCommit& parent,
                                   Places places) {
  const GitTree before = git_new<GitTree>(git_commit_tree, parent.get());
  const GitTree after = git_new<GitTree>(git_commit_tree, commit.get());
  const GitDiff diff = before && after ? git_new<GitDiff>(git_diff_tree_to_tree, repository_,
                                                          before.get(), after.get(), nullptr)
                                       : GitDiff();
  if (!diff || !odb_) {
    return {};
  }
  SplitPlaces out;
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
    // What the two trees say spares looking it up, for it may be a thousand files.
    FileVersion here{.known = true, .blob = delta->new_file.id};
    FileVersion there{.known = true};
    if (delta->status == GIT_DELTA_MODIFIED) {
      there.blob = delta->old_file.id;
    } else if (delta->status != GIT_DELTA_ADDED) {
      here = version_at(commit.get(), file);
      there = version_at(parent.get(), file);
    }
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

void ValueComparison::compare(const std::string& file, const std::string& path, bool is_same,
                              const FileVersion& there, const std::vector<std::size_t>& numbers,
                              SplitPlaces& out) {
  if (is_same) {
    add(out.same, path, numbers);
    return;
  }
  std::vector<std::optional<std::string>> values;
  if (!read_at(there, numbers, values)) {
    return;
  }
  ChangedPlaces changed{file, path, {}};
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

bool ValueComparison::read_at(const FileVersion& version, const std::vector<std::size_t>& numbers,
                              std::vector<std::optional<std::string>>& values) {
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

}  // namespace engine
