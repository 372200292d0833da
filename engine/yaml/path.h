// A path to a node of a YAML document, as an image group of the catalog spells it:
//
//   .spec.values.image.tag            keys; the first dot may be left out
//   .containers[0].tag                an item by its number, from 0
//   .containers[name=api].tag         the item whose key has that value
//   .annotations["app.kubernetes.io/version"], .a."b.c", .a\.b   keys with dots in them
//   [kind=HelmRelease][name=api].spec.values.image.tag           the document, where there are
//   several
//
// Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/source_map.h"

namespace engine {

struct YamlStep {
  enum class Kind : std::uint8_t { key, item, match };
  Kind kind = Kind::key;
  std::string key;        // of key and match
  std::string value;      // of match
  std::size_t index = 0;  // of item
};

struct YamlPath {
  std::string text;                 // as given
  std::vector<YamlStep> documents;  // matches at the beginning: `kind`, or `name` in `metadata`
  std::vector<YamlStep> steps;

  // `bad_path` where the text is no such path.
  static Result<YamlPath> parse(std::string_view text);
};

// How far a path leads in a document.
struct YamlWalk {
  // The nodes on the way: the root, then one for each step that exists.
  std::vector<YamlIndex> nodes;
  // The key by which the last node was reached; that of an item is 0.
  YamlIndex key = 0;
  // Why it ends before the end: an alias, a merge key, a duplicate key, several items that match.
  std::string obstacle = {};
  std::size_t obstacle_offset = 0;
  // What to do about it.
  std::string way_on = {};

  bool complete(const YamlPath& path) const {
    return obstacle.empty() && nodes.size() == path.steps.size() + 1;
  }
};

YamlWalk walk(const YamlSourceMap& stream, YamlIndex document, const YamlPath& path);

// The first `steps` steps of a path, in its own spelling of keys without dots: ".spec.values".
std::string spelled(const YamlPath& path, std::size_t steps);

}  // namespace engine
