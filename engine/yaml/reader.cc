#include "engine/yaml/reader.h"

#include <algorithm>
#include <map>
#include <yaml.h>

#include "engine/yaml/nesting.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

// libyaml's parser and its current event, freed in any case.
class Parser {
 public:
  explicit Parser(std::string_view bytes) : ok_(yaml_parser_initialize(&parser_) != 0) {
    if (ok_) {
      // libyaml stops the process at a null pointer, even for no bytes.
      const char* begin = bytes.empty() ? "" : bytes.data();
      yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(begin),
                                   bytes.size());
      yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    }
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    end_event();
    if (ok_) {
      yaml_parser_delete(&parser_);
    }
  }

  // The next event; null where the text is no YAML.
  const yaml_event_t* next() {
    end_event();
    has_event_ = ok_ && yaml_parser_parse(&parser_, &event_) != 0;
    return has_event_ ? &event_ : nullptr;
  }

  std::string problem() const {
    return ok_ && parser_.problem != nullptr ? parser_.problem : "out of memory";
  }
  std::size_t problem_line() const { return parser_.problem_mark.line + 1; }

 private:
  void end_event() {
    if (has_event_) {
      yaml_event_delete(&event_);
      has_event_ = false;
    }
  }

  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
  bool ok_;
  bool has_event_ = false;
};

std::string_view text_of(const yaml_char_t* text, std::size_t size) {
  return {reinterpret_cast<const char*>(text), size};
}

bool is_null(const yaml_event_t& event) {
  const std::string_view text = text_of(event.data.scalar.value, event.data.scalar.length);
  return event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
         (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

bool is_printable_ascii(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

bool is_block(const yaml_event_t& scalar) {
  const auto style = scalar.data.scalar.style;
  return style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
}

bool is_on_one_line(const yaml_event_t& event) {
  return event.start_mark.line == event.end_mark.line;
}

// Whether YamlReader::is_simple() is true of the event, if it begins at that depth.
bool is_simple_event(const yaml_event_t& event, std::size_t depth) {
  constexpr std::size_t kMaxSimpleDepth = 50;
  switch (event.type) {
    case YAML_DOCUMENT_START_EVENT: {
      const auto& start = event.data.document_start;
      return start.version_directive == nullptr &&
             start.tag_directives.start == start.tag_directives.end;
    }
    case YAML_SCALAR_EVENT: {
      const auto& scalar = event.data.scalar;
      const bool empty = scalar.style == YAML_PLAIN_SCALAR_STYLE && scalar.length == 0;
      return scalar.anchor == nullptr && scalar.tag == nullptr && !empty &&
             (is_block(event) || is_on_one_line(event));
    }
    case YAML_SEQUENCE_START_EVENT: {
      const auto& sequence = event.data.sequence_start;
      return sequence.anchor == nullptr && sequence.tag == nullptr &&
             sequence.style == YAML_BLOCK_SEQUENCE_STYLE && depth < kMaxSimpleDepth;
    }
    case YAML_MAPPING_START_EVENT: {
      const auto& mapping = event.data.mapping_start;
      return mapping.anchor == nullptr && mapping.tag == nullptr &&
             mapping.style == YAML_BLOCK_MAPPING_STYLE && depth < kMaxSimpleDepth;
    }
    default:
      return event.type != YAML_ALIAS_EVENT;
  }
}

Failure not_yaml(std::size_t line, std::string_view what) {
  return fail(Code::bad_manifest, "line " + std::to_string(line) + ": " + std::string(what));
}

}  // namespace

class YamlReader::Builder {
 public:
  explicit Builder(YamlReader& out) : out_(out) {}

  // What is wrong with the event; null if nothing is.
  const char* take(const yaml_event_t& event) {
    out_.simple_ = out_.simple_ && is_simple_event(event, open_.size());
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        out_.simple_ = out_.simple_ && out_.documents_.empty();
        out_.documents_.push_back(next());
        return nullptr;
      case YAML_SCALAR_EVENT:
        add_scalar(event);
        return nullptr;
      case YAML_ALIAS_EVENT:
        return add_alias(reinterpret_cast<const char*>(event.data.alias.anchor));
      case YAML_SEQUENCE_START_EVENT:
        return open(Kind::sequence, event.data.sequence_start.anchor);
      case YAML_MAPPING_START_EVENT:
        return open(Kind::mapping, event.data.mapping_start.anchor);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return nullptr;
      default:
        return nullptr;
    }
  }

 private:
  struct Anchor {
    Index target = 0;
    // The values that its node stands for; nothing while the node is open: it would hold itself.
    std::optional<std::uint64_t> values = {};
  };
  struct Open {
    Index node = 0;
    Anchor* anchor = nullptr;
    std::uint64_t values_before = 0;
  };

  Index next() const { return static_cast<Index>(out_.nodes_.size()); }
  // As if the aliases were written out.
  std::uint64_t values() const { return out_.nodes_.size() + out_.aliased_; }

  Node& add(Kind kind) {
    out_.nodes_.push_back({.kind = kind, .end = next() + 1});
    return out_.nodes_.back();
  }

  Anchor* set_anchor(const yaml_char_t* name) {
    if (name == nullptr) {
      return nullptr;
    }
    Anchor& anchor = anchors_[reinterpret_cast<const char*>(name)];
    anchor = {.target = next()};
    return &anchor;
  }

  void add_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    if (Anchor* anchor = set_anchor(scalar.anchor)) {
      anchor->values = 1;
    }
    Node& node = add(is_null(event) ? Kind::null : Kind::scalar);
    node.one_line = !is_block(event) && is_on_one_line(event);
    node.line = static_cast<std::uint32_t>(event.start_mark.line);
    node.text_begin = static_cast<std::uint32_t>(out_.texts_.size());
    node.text_size = static_cast<std::uint32_t>(scalar.length);
    out_.texts_ += text_of(scalar.value, scalar.length);
  }

  const char* add_alias(const char* name) {
    const auto found = anchors_.find(name);
    if (found == anchors_.end()) {
      return "an alias without an anchor";
    }
    const Anchor& anchor = found->second;
    add(Kind::alias).target = anchor.target;
    const std::uint64_t most = kMaxAliasedValues + 1;
    out_.aliased_ = std::min(out_.aliased_ + anchor.values.value_or(most), most);
    return nullptr;
  }

  const char* open(Kind kind, const yaml_char_t* name) {
    if (open_.size() == kMaxYamlDepth) {
      return kNestedTooDeep;
    }
    Anchor* const anchor = set_anchor(name);
    open_.push_back({next(), anchor, values()});
    add(kind);
    return nullptr;
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    out_.nodes_[done.node].end = next();
    // Another node may have taken the name meanwhile.
    if (done.anchor != nullptr && done.anchor->target == done.node) {
      done.anchor->values = values() - done.values_before;
    }
  }

  YamlReader& out_;
  std::vector<Open> open_;
  std::map<std::string, Anchor, std::less<>> anchors_;
};

Result<YamlReader> YamlReader::parse(std::string_view bytes, const std::stop_token& stop) {
  constexpr std::size_t kEventsPerLook = 1024;
  if (const auto excess = find_excess(bytes)) {
    return not_yaml(line_at(bytes, excess->offset), excess->what);
  }
  YamlReader yaml;
  yaml.nodes_.reserve(bytes.size() / 10);
  yaml.simple_ = is_printable_ascii(bytes);
  Builder builder(yaml);
  Parser parser(bytes);
  for (std::size_t count = 0; const yaml_event_t* event = parser.next(); ++count) {
    if (event->type == YAML_STREAM_END_EVENT) {
      return yaml;
    }
    if (count % kEventsPerLook == 0 && stop.stop_requested()) {
      return fail(Code::cancelled, "The request was cancelled.");
    }
    if (const char* const problem = builder.take(*event)) {
      return not_yaml(event->start_mark.line + 1, problem);
    }
  }
  return not_yaml(parser.problem_line(), parser.problem());
}

const YamlReader::Node& YamlReader::resolved(Index index) const {
  const Node& node = nodes_[index];
  return node.kind == Kind::alias ? nodes_[node.target] : node;
}

std::optional<YamlReader::Index> YamlReader::find(std::optional<Index> node,
                                                  std::string_view key) const {
  std::set<Index> seen;
  return node ? find_merged(*node, key, seen) : std::nullopt;
}

std::optional<YamlReader::Index> YamlReader::find(
    Index node, std::initializer_list<std::string_view> keys) const {
  std::optional<Index> found = node;
  for (const std::string_view key : keys) {
    found = find(found, key);
  }
  return found;
}

// `seen`: the mappings that were looked at; an anchor may stand for what holds its own alias.
std::optional<YamlReader::Index> YamlReader::find_merged(Index index, std::string_view key,
                                                         std::set<Index>& seen) const {
  const Node& mapping = resolved(index);
  if (mapping.kind != Kind::mapping || seen.contains(index_of(mapping))) {
    return std::nullopt;
  }
  std::optional<Index> merge;
  for (Index at = index_of(mapping) + 1; at < mapping.end;) {
    const Node& candidate = resolved(at);
    const Index value = nodes_[at].end;
    if (candidate.kind == Kind::scalar && raw(candidate) == key) {
      return value;
    }
    if (candidate.kind == Kind::scalar && raw(candidate) == "<<") {
      merge = value;
    }
    at = nodes_[value].end;
  }
  if (!merge) {
    return std::nullopt;
  }
  seen.insert(index_of(mapping));
  if (resolved(*merge).kind == Kind::mapping) {
    return find_merged(*merge, key, seen);
  }
  for (const Index source : items(merge)) {
    if (const auto found = find_merged(source, key, seen)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<std::string_view> YamlReader::text(std::optional<Index> node) const {
  if (!node || resolved(*node).kind != Kind::scalar) {
    return std::nullopt;
  }
  return raw(resolved(*node));
}

std::vector<YamlReader::Index> YamlReader::items(std::optional<Index> node) const {
  std::vector<Index> found;
  if (node && resolved(*node).kind == Kind::sequence) {
    const Node& sequence = resolved(*node);
    for (Index at = index_of(sequence) + 1; at < sequence.end; at = nodes_[at].end) {
      found.push_back(at);
    }
  }
  return found;
}

std::vector<std::pair<std::string_view, YamlReader::Index>> YamlReader::entries(
    std::optional<Index> node) const {
  std::vector<std::pair<std::string_view, Index>> found;
  if (node && resolved(*node).kind == Kind::mapping) {
    const Node& mapping = resolved(*node);
    for (Index at = index_of(mapping) + 1; at < mapping.end;) {
      const Index value = nodes_[at].end;
      if (resolved(at).kind == Kind::scalar) {
        found.emplace_back(raw(resolved(at)), value);
      }
      at = nodes_[value].end;
    }
  }
  return found;
}

}  // namespace engine
