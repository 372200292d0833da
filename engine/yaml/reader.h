// A YAML stream as the cluster's tools read it: parsed by libyaml, of which the parser that
// kustomize and Flux use is a port. This reading decides what a manifest means, for the catalog and
// for edits alike; where in the bytes a value stands is for YamlSourceMap
// (engine/yaml/source_map.h) to find. Nothing is expanded: an alias is a node of its own, which
// keeps the size of the tree within that of the text.
//
// Knows nothing of Kubernetes. Owns its text; immutable, so it may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/limits.h"

namespace engine {

// null: nothing is written, or one of the words for null, without a tag.
enum class YamlKind : std::uint8_t { null, scalar, alias, sequence, mapping };

// How a scalar is written; `empty`: not at all.
enum class YamlStyle : std::uint8_t { empty, plain, single_quoted, double_quoted, block, alias };

// An index into the nodes, in the order in which they are written.
using YamlIndex = std::uint32_t;

struct YamlNode {
  YamlKind kind = YamlKind::null;
  YamlStyle style = YamlStyle::plain;  // of what is no collection
  bool flow = false;                   // a collection in brackets
  YamlIndex end = 0;                   // one past its last descendant
  std::uint32_t anchor = 0;  // its own, or the one that an alias names; 0: none. Unique in a stream
  std::uint32_t tag = 0;     // see YamlReader::tag
  std::uint32_t text_begin = 0;  // see YamlReader::written
  std::uint32_t text_size = 0;
};

// Why a text cannot be read.
struct YamlError {
  Code code = Code::bad_manifest;  // or `cancelled`
  std::size_t line = 1;
  std::string what = {};  // with the column, where libyaml names one
};

class YamlReader {
 public:
  using Index = YamlIndex;
  using Kind = YamlKind;

  // A fault where the bytes are not YAML or go over a limit (engine/yaml/limits.h), but for
  // kMaxAliasedValues. `cancelled` soon after `stop` was requested.
  static tl::expected<YamlReader, YamlError> read(std::string_view bytes,
                                                  const std::stop_token& stop = {});
  // The same as a Result; `bad_manifest` begins with the line.
  static Result<YamlReader> parse(std::string_view bytes, const std::stop_token& stop = {});

  const std::vector<YamlNode>& nodes() const { return nodes_; }
  const YamlNode& node(Index index) const { return nodes_[index]; }
  // What is written there; most members below look through aliases.
  Kind kind(Index index) const { return nodes_[index].kind; }
  // The roots of the documents.
  const std::vector<Index>& documents() const { return documents_; }
  // Every alias, in order.
  const std::vector<Index>& aliases() const { return aliases_; }
  // Where a colon follows an alias directly (`*app: x`): the bytes' offsets, in order.
  const std::vector<std::size_t>& alias_colons() const { return alias_colons_; }

  // Whether its aliases, written out, would be more than kMaxAliasedValues, or have no end. What
  // walks the nodes takes as long as if they were written out.
  bool is_explosive() const { return aliased_ > kMaxAliasedValues; }

  // The node itself, or what the alias stands for.
  Index resolved(Index index) const {
    return kind(index) == Kind::alias ? anchored_[nodes_[index].anchor] : index;
  }
  // The value of a scalar or the word of a null; empty for any other kind.
  std::string_view written(Index index) const;
  // The tag as resolved; empty where none is written.
  const std::string& tag(Index index) const { return tags_[nodes_[index].tag]; }

  // The value that belongs to a key.
  Index value_of(Index key) const { return nodes_[key].end; }
  // The children of a sequence; those of a mapping, key and value in turn. Empty for other kinds,
  // aliases among them.
  std::vector<Index> children(Index index) const;
  // The keys of a mapping, not of an alias, that are written as `key`, directly or by an alias.
  // More than one is an error in YAML (1.2.2, 3.2.1.3), which libyaml does not report.
  std::vector<Index> keys(Index mapping, std::string_view key) const;
  // The value of the first such key.
  std::optional<Index> find_direct(Index mapping, std::string_view key) const;
  // The value that a mapping gets through merge keys (`<<`), by the rules of the YAML 1.1 type
  // repository: the first that has the key.
  std::optional<Index> find_merged(Index mapping, std::string_view key) const;

  // The value of a key, direct or else merged; nothing where there is none, or `node` is no
  // mapping.
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

  std::vector<YamlNode> nodes_;
  std::vector<Index> documents_;
  std::vector<Index> anchored_ = {0};  // the node that carries an anchor
  std::vector<Index> aliases_;
  std::vector<std::size_t> alias_colons_;
  std::vector<std::string> tags_ = {""};
  std::string texts_;
  std::uint64_t aliased_ = 0;  // values that aliases stand for; counted a little over the limit
};

}  // namespace engine
