// The values of many places in a commit, compared with those in a parent: for walks through the
// history. Belongs to the thread that opened the repository.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/git/file_version.h"
#include "engine/git/value_places.h"

namespace engine {

// Numbers of places, by the file that they are in.
using Places = std::unordered_map<std::string, std::vector<std::size_t>>;

// Places that have another value in a parent.
struct ChangedPlaces {
  std::string file;    // in the commit
  std::string former;  // in the parent
  std::vector<std::pair<std::size_t, std::optional<std::string>>>
      values;  // there, by the place's number
};

// Of one parent.
struct SplitPlaces {
  Places same;  // by the file there
  std::vector<ChangedPlaces> changed;
};

class ValueComparison {
 public:
  // All must outlive this.
  ValueComparison(git_repository* repository, const std::vector<ValuePlace>& places,
                  const ReadValues& read)
      : repository_(repository),
        odb_(git_new<GitOdb>(git_repository_odb, repository)),
        places_(places),
        read_(read) {}

  // By whether the places, which have their values in `commit`, have the same in `parent`. What
  // cannot be told is in neither.
  SplitPlaces split(const GitCommit& commit, const GitCommit& parent, Places places);
  // The values of the places there; false where they cannot be told.
  bool read_at(const FileVersion& version, const std::vector<std::size_t>& numbers,
               std::vector<std::optional<std::string>>& values);

 private:
  // Of versions of the files that are parsed.
  static constexpr std::size_t kMaxParsedBytes = std::size_t{4} << 20U;

  void compare(const std::string& file, const std::string& path, bool is_same,
               const FileVersion& there, const std::vector<std::size_t>& numbers, SplitPlaces& out);

  git_repository* repository_;
  GitOdb odb_;
  const std::vector<ValuePlace>& places_;
  const ReadValues& read_;
  std::size_t left_ = kMaxParsedBytes;
};

}  // namespace engine
