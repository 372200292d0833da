// A YAML stream as parsed by yaml-cpp: its nodes in the order in which they are written, with the
// bytes where each begins. Built from the parser's events, since its node type follows aliases and
// so forgets where a value is written. Nothing is expanded: an alias is a node of its own, which
// keeps the size of the tree within that of the text.
//
// Knows nothing of manifests. Refers to the bytes that it was parsed from, which must outlive it;
// immutable, so it may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/nesting.h"

namespace engine {

// What the aliases and merge keys of a stream may add to the search for a value: so many keys and
// items are looked at again because of them. More than any manifest that a person wrote.
inline constexpr std::size_t kMaxYamlRepeats = 1'000'000;

// null: nothing is written, or one of the words for null.
enum class YamlKind : std::uint8_t { null, scalar, alias, sequence, mapping };

// An index into YamlSourceMap::nodes().
using YamlIndex = std::uint32_t;

struct YamlNode {
  YamlKind kind = YamlKind::null;
  bool flow = false;         // a collection in brackets
  std::uint32_t offset = 0;  // its first byte, tag and anchor included; of a null that is not
                             // written, some byte after the place
  YamlIndex end = 0;         // one past its last descendant
  std::uint32_t anchor = 0;  // its own, or the one that an alias names; 0: none. Unique in a stream
  std::uint32_t tag = 0;     // see YamlSourceMap::tag
  std::uint32_t text_begin = 0;  // see YamlSourceMap::text
  std::uint32_t text_size = 0;
};

class YamlSourceMap {
 public:
  // What yaml-cpp takes for YAML, which is more than YAML is: parse_yaml() (engine/yaml/parse.h) is
  // for manifests. `bad_manifest` with `file` (a name for messages) and line where it takes the
  // bytes for none, they are not UTF-8, or they go over a limit of engine/yaml/nesting.h;
  // `cancelled` soon after `stop` was requested.
  static Result<YamlSourceMap> build(std::string_view file, std::string_view bytes,
                                     const std::stop_token& stop = {});

  std::string_view bytes() const { return bytes_; }
  const std::vector<YamlNode>& nodes() const { return nodes_; }
  const YamlNode& node(YamlIndex index) const { return nodes_[index]; }
  // The roots of the documents.
  const std::vector<YamlIndex>& documents() const { return documents_; }

  // A scalar's value; empty for any other kind.
  std::string_view text(const YamlNode& node) const;
  // The tag as resolved; "?" for a node without one, "!" for a scalar in quotes or a block.
  const std::string& tag(const YamlNode& node) const { return tags_[node.tag]; }
  // The node that carries an anchor.
  YamlIndex anchored(std::uint32_t anchor) const { return anchored_[anchor]; }
  // The node itself, or what the alias stands for.
  YamlIndex resolved(YamlIndex index) const;
  // Every alias, in order.
  const std::vector<YamlIndex>& aliases() const { return aliases_; }

  // The children of a sequence; those of a mapping, key and value in turn. Empty for other kinds.
  std::vector<YamlIndex> children(YamlIndex index) const;
  // The keys of a mapping that are written as `key`, directly or by an alias. More than one is an
  // error in YAML (1.2.2, 3.2.1.3), which yaml-cpp does not report.
  std::vector<YamlIndex> keys(YamlIndex mapping, std::string_view key) const;
  // The value that belongs to a key.
  YamlIndex value_of(YamlIndex key) const { return node(key).end; }
  // The value of the first such key; nothing if there is none or `mapping` is no mapping.
  std::optional<YamlIndex> find(YamlIndex mapping, std::string_view key) const;
  // The value that the mapping gets through merge keys (`<<`), by the rules of the YAML 1.1 type
  // repository: the first that has the key.
  std::optional<YamlIndex> find_merged(YamlIndex mapping, std::string_view key) const;

  // Whether its aliases and merge keys go over kMaxYamlRepeats.
  bool repeats_too_much() const;

  // The refusal that says that the bytes cannot be read as YAML, and why.
  Failure refuse_unreadable(std::size_t offset, std::string_view what) const;
  // A refusal that begins with file and line: "<file>:<line of the offset>: <what>".
  Failure refuse(Code code, std::size_t offset, std::string_view what, std::string hint,
                 Details details = {}) const;

 private:
  class Builder;
  YamlSourceMap(std::string_view file, std::string_view bytes) : file_(file), bytes_(bytes) {}
  bool begins_document(std::size_t offset) const;
  std::size_t children_looked_at(YamlIndex collection) const;
  template <class Visit>
  void visit_merged(YamlIndex mapping, Visit visit) const;

  std::string file_;
  std::string_view bytes_;
  std::vector<YamlNode> nodes_;
  std::vector<YamlIndex> documents_;
  std::vector<YamlIndex> anchored_ = {0};
  std::vector<YamlIndex> aliases_;
  std::vector<std::string> tags_;
  std::string texts_;
};

}  // namespace engine
