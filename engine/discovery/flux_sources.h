// The sources of a tree's Flux Kustomizations, by name and namespace. Refers to the tree, which
// must outlive it. Filled first, then asked; belongs to one thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/manifest/tree.h"

namespace engine {

// Where something of a name is defined.
struct SourceDefinition {
  const ManifestFile* file = nullptr;
  std::optional<std::string> namespace_name;  // nothing where it cannot be told: fits any
  std::size_t index = 0;                      // among those of the file
  bool is_wanted = false;                     // preferred among those that are equally near
};

class SourceIndex {
 public:
  // `entry`: the directory whose definitions come first; empty for none.
  explicit SourceIndex(std::string_view entry);

  void add(const std::string& name, SourceDefinition definition);
  // To be called once, after the last add().
  void sort();

  // The definition that fits: one below the entry; else the one whose place has most directories in
  // common with `file`. Null if there is none. Takes time in proportion to the path.
  const SourceDefinition* find(const std::string& name,
                               const std::optional<std::string>& namespace_name,
                               const ManifestFile& file) const;

 private:
  struct Placed {
    std::string place;
    SourceDefinition definition;
  };
  struct List {
    std::vector<Placed> all;               // ordered by place
    std::vector<std::size_t> next_wanted;  // at or after each; all.size() for none
  };
  struct Match {
    std::size_t common = 0;  // directories
    const SourceDefinition* definition = nullptr;
  };
  static Match nearest(const List& list, const std::string& place);
  void consider(const List& list, const std::string& place, std::pair<bool, Match>& best) const;

  std::string entry_;
  std::size_t entry_size_;  // in directories
  std::map<std::string, List> by_name_;
  std::map<std::pair<std::string, std::optional<std::string>>, List> by_namespace_;
};

}  // namespace engine
