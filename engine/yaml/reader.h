// A manifest's YAML as the cluster's tools read it: parsed by libyaml, of which the parser that
// kustomize and Flux use is a port, and which is several times as fast as the parser that edits go
// through (engine/yaml/source_map.h). For reading only: aliases and merge keys are followed, and
// where a value is written is forgotten.
//
// Knows nothing of Kubernetes. Owns its text; immutable, so it may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"

namespace engine {

// More values than the aliases of any manifest stand for. Kustomize and Flux refuse such files,
// too.
inline constexpr std::uint64_t kMaxAliasedValues = 1'000'000;

class YamlReader {
 public:
  // An index into the nodes, in the order in which they are written.
  using Index = std::uint32_t;
  enum class Kind : std::uint8_t { null, scalar, alias, sequence, mapping };

  // `bad_manifest` that begins with the line where the bytes are not YAML or go over a limit
  // (engine/yaml/nesting.h). `cancelled` soon after `stop` was requested.
  static Result<YamlReader> parse(std::string_view bytes, const std::stop_token& stop = {});

  // The roots of the documents.
  const std::vector<Index>& documents() const { return documents_; }

  // Whether its aliases, written out, would be more than kMaxAliasedValues, or have no end. What
  // walks the nodes takes as long as if they were written out.
  bool is_explosive() const { return aliased_ > kMaxAliasedValues; }

  // Whether it is spelled so simply that no two parsers differ about it: one document in ASCII
  // without tabs, anchors, aliases, tags, directives, brackets and empty values, in which only
  // block scalars go over the end of a line.
  bool is_simple() const { return simple_; }
  // Whether the value of a key is a scalar on the key's line; not a block.
  bool is_beside_key(Index value) const {
    return nodes_[value].one_line && nodes_[value - 1].one_line &&
           nodes_[value].line == nodes_[value - 1].line;
  }

  // What is written there; the members below look through aliases.
  Kind kind(Index node) const { return nodes_[node].kind; }
  // The value of a key; nothing where there is none, or `node` is no mapping.
  std::optional<Index> find(std::optional<Index> node, std::string_view key) const;
  // The same along several keys.
  std::optional<Index> find(Index node, std::initializer_list<std::string_view> keys) const;
  // A scalar's value; nothing for another kind, and for null.
  std::optional<std::string_view> text(std::optional<Index> node) const;
  // The items of a sequence; none for another kind.
  std::vector<Index> items(std::optional<Index> node) const;
  // The keys that are scalars, with their values, of a mapping; none for another kind.
  std::vector<std::pair<std::string_view, Index>> entries(std::optional<Index> node) const;

 private:
  class Builder;
  struct Node {
    Kind kind = Kind::null;
    bool one_line = false;  // a scalar, not a block, that ends on its line
    std::uint32_t line = 0;
    Index end = 0;     // one past its last descendant
    Index target = 0;  // of an alias
    std::uint32_t text_begin = 0;
    std::uint32_t text_size = 0;
  };

  const Node& resolved(Index index) const;
  Index index_of(const Node& node) const { return static_cast<Index>(&node - nodes_.data()); }
  std::string_view raw(const Node& node) const {
    return std::string_view(texts_).substr(node.text_begin, node.text_size);
  }
  std::optional<Index> find_merged(Index index, std::string_view key, std::set<Index>& seen) const;

  std::vector<Node> nodes_;
  std::vector<Index> documents_;
  std::string texts_;
  bool simple_ = false;
  std::uint64_t aliased_ = 0;  // values that aliases stand for; counted a little over the limit
};

}  // namespace engine
