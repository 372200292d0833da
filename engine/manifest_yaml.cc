#include "engine/manifest_yaml.h"

#include <algorithm>
#include <map>
#include <yaml.h>

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
    const std::string what = ok_ && parser_.problem != nullptr ? parser_.problem : "out of memory";
    return "line " + std::to_string(parser_.problem_mark.line + 1) + ": " + what;
  }

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

// Whether ManifestYaml::is_simple() is true of the event, if it begins at that depth.
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

Failure not_yaml(std::string what) {
  return fail(Code::bad_manifest, std::move(what));
}

}  // namespace

class ManifestYaml::Builder {
 public:
  explicit Builder(ManifestYaml& out) : out_(out) {}

  // False for an alias that nothing is the anchor of.
  bool take(const yaml_event_t& event) {
    out_.simple_ = out_.simple_ && is_simple_event(event, open_.size());
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        out_.simple_ = out_.simple_ && out_.documents_.empty();
        out_.documents_.push_back(next());
        return true;
      case YAML_SCALAR_EVENT: {
        const auto& scalar = event.data.scalar;
        Node& node = add(is_null(event) ? Kind::null : Kind::scalar, scalar.anchor);
        node.one_line = !is_block(event) && is_on_one_line(event);
        node.line = static_cast<std::uint32_t>(event.start_mark.line);
        node.text_begin = static_cast<std::uint32_t>(out_.texts_.size());
        node.text_size = static_cast<std::uint32_t>(scalar.length);
        out_.texts_ += text_of(scalar.value, scalar.length);
        return true;
      }
      case YAML_ALIAS_EVENT: {
        const auto anchor = anchors_.find(reinterpret_cast<const char*>(event.data.alias.anchor));
        if (anchor == anchors_.end()) {
          return false;
        }
        add(Kind::alias, nullptr).target = anchor->second;
        return true;
      }
      case YAML_SEQUENCE_START_EVENT:
        open_.push_back(next());
        add(Kind::sequence, event.data.sequence_start.anchor);
        return true;
      case YAML_MAPPING_START_EVENT:
        open_.push_back(next());
        add(Kind::mapping, event.data.mapping_start.anchor);
        return true;
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        out_.nodes_[open_.back()].end = next();
        open_.pop_back();
        return true;
      default:
        return true;
    }
  }

 private:
  Index next() const { return static_cast<Index>(out_.nodes_.size()); }

  Node& add(Kind kind, const yaml_char_t* anchor) {
    if (anchor != nullptr) {
      anchors_[reinterpret_cast<const char*>(anchor)] = next();
    }
    out_.nodes_.push_back({.kind = kind, .end = next() + 1});
    return out_.nodes_.back();
  }

  ManifestYaml& out_;
  std::vector<Index> open_;
  std::map<std::string, Index, std::less<>> anchors_;
};

Result<ManifestYaml> ManifestYaml::parse(std::string_view bytes) {
  ManifestYaml yaml;
  yaml.nodes_.reserve(bytes.size() / 10);
  yaml.simple_ = is_printable_ascii(bytes);
  Builder builder(yaml);
  Parser parser(bytes);
  while (const yaml_event_t* event = parser.next()) {
    if (event->type == YAML_STREAM_END_EVENT) {
      return yaml;
    }
    if (!builder.take(*event)) {
      return not_yaml("line " + std::to_string(event->start_mark.line + 1) +
                      ": an alias without an anchor");
    }
  }
  return not_yaml(parser.problem());
}

const ManifestYaml::Node& ManifestYaml::resolved(Index index) const {
  const Node& node = nodes_[index];
  return node.kind == Kind::alias ? nodes_[node.target] : node;
}

std::optional<ManifestYaml::Index> ManifestYaml::find(std::optional<Index> node,
                                                      std::string_view key) const {
  std::vector<Index> seen;
  return node ? find_merged(*node, key, seen) : std::nullopt;
}

std::optional<ManifestYaml::Index> ManifestYaml::find(
    Index node, std::initializer_list<std::string_view> keys) const {
  std::optional<Index> found = node;
  for (const std::string_view key : keys) {
    found = find(found, key);
  }
  return found;
}

// `seen`: the mappings that were looked at; an anchor may stand for what holds its own alias.
std::optional<ManifestYaml::Index> ManifestYaml::find_merged(Index index, std::string_view key,
                                                             std::vector<Index>& seen) const {
  const Node& mapping = resolved(index);
  if (mapping.kind != Kind::mapping || std::ranges::count(seen, index_of(mapping)) != 0) {
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
  seen.push_back(index_of(mapping));
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

std::optional<std::string_view> ManifestYaml::text(std::optional<Index> node) const {
  if (!node || resolved(*node).kind != Kind::scalar) {
    return std::nullopt;
  }
  return raw(resolved(*node));
}

std::vector<ManifestYaml::Index> ManifestYaml::items(std::optional<Index> node) const {
  std::vector<Index> found;
  if (node && resolved(*node).kind == Kind::sequence) {
    const Node& sequence = resolved(*node);
    for (Index at = index_of(sequence) + 1; at < sequence.end; at = nodes_[at].end) {
      found.push_back(at);
    }
  }
  return found;
}

std::vector<std::pair<std::string_view, ManifestYaml::Index>> ManifestYaml::entries(
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
