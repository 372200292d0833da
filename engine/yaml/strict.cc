#include "engine/yaml/strict.h"

#include <algorithm>

#include "engine/text/ascii.h"
#include "engine/yaml/scalar.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

using Fault = std::optional<YamlIncompatibility>;

// The end of the file closes an open quote, which can only be that of the last scalar.
Fault unclosed_quote(const YamlSourceMap& stream) {
  const auto& nodes = stream.nodes();
  const auto last = std::ranges::find(nodes.rbegin(), nodes.rend(), YamlKind::scalar,
                                      [](const YamlNode& node) { return node.kind; });
  if (last == nodes.rend()) {
    return std::nullopt;
  }
  const std::string_view bytes = stream.bytes();
  const std::size_t begin = skip_properties(bytes, last->offset).next;
  const bool quoted = begin < bytes.size() && (bytes[begin] == '"' || bytes[begin] == '\'');
  return quoted && !quoted_end(bytes, begin) ? Fault({begin, "a quote is not closed"})
                                             : std::nullopt;
}

// A word in the place of a key becomes one when the document ends after it.
Fault last_key_without_colon(const YamlSourceMap& stream, YamlIndex mapping) {
  const YamlNode& node = stream.node(mapping);
  if (node.flow || node.end == mapping + 1) {
    return std::nullopt;
  }
  const YamlIndex value = node.end - 1;
  if (stream.node(value).kind != YamlKind::null || stream.node(value).anchor != 0) {
    return std::nullopt;
  }
  const auto children = stream.children(mapping);
  const YamlIndex key = children[children.size() - 2];
  if (stream.value_of(key) != value) {
    return std::nullopt;
  }
  const std::string_view bytes = stream.bytes();
  const std::size_t offset = stream.node(key).offset;
  const auto span = key_span(stream, key);
  const bool colon = span && bytes.substr(skip_separation(bytes, span->end), 1) == ":";
  return colon || explicit_key_mark(bytes, offset) ? std::nullopt
                                                   : Fault({offset, "a key without a colon"});
}

std::size_t column_of(std::string_view bytes, std::size_t offset) {
  const std::size_t begin = line_begin(bytes, offset);
  const bool after_mark = begin == 0 && bytes.starts_with(kByteOrderMark);
  return offset - begin - (after_mark ? kByteOrderMark.size() : 0);
}

bool is_first_on_line(std::string_view bytes, std::size_t offset) {
  while (offset > 0 && is_blank(bytes[offset - 1])) {
    --offset;
  }
  return offset == 0 || is_break(bytes[offset - 1]);
}

// A value or item on a line of its own stands to the right of its mapping or sequence; only a
// sequence may begin below its key.
Fault too_far_left(const YamlSourceMap& stream, YamlIndex parent) {
  const YamlNode& node = stream.node(parent);
  const std::string_view bytes = stream.bytes();
  const bool mapping = node.kind == YamlKind::mapping;
  if (node.flow || node.end == parent + 1 || (!mapping && bytes.substr(node.offset, 1) != "-")) {
    return std::nullopt;
  }
  const std::size_t first = mapping ? stream.node(parent + 1).offset : node.offset;
  const std::size_t column =
      column_of(bytes, mapping ? explicit_key_mark(bytes, first).value_or(first) : first);
  for (YamlIndex child = parent + 1; child < node.end; child = stream.node(child).end) {
    child = mapping ? stream.value_of(child) : child;
    const YamlNode& value = stream.node(child);
    if (value.kind == YamlKind::null || !is_first_on_line(bytes, value.offset)) {
      continue;
    }
    const bool may_be_below = mapping && value.kind == YamlKind::sequence && !value.flow &&
                              bytes.substr(value.offset, 1) == "-";
    const std::size_t least = may_be_below ? column : column + 1;
    if (column_of(bytes, value.offset) < least) {
      return Fault({value.offset, "a value that is not indented"});
    }
  }
  return std::nullopt;
}

Fault value_without_key(const YamlSourceMap& stream, YamlIndex mapping) {
  const YamlNode& node = stream.node(mapping);
  for (YamlIndex key = mapping + 1; key < node.end; key = stream.node(stream.value_of(key)).end) {
    const YamlNode& name = stream.node(key);
    if (name.kind == YamlKind::null && stream.bytes().substr(name.offset, 1) == ":") {
      return Fault({name.offset, "a value without a key"});
    }
  }
  return std::nullopt;
}

bool is_anchor_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_';
  });
}

// Of a node with an anchor, or an alias.
Fault anchor_fault(const YamlSourceMap& stream, const YamlNode& node) {
  const std::string_view bytes = stream.bytes();
  const char sign = node.kind == YamlKind::alias ? '*' : '&';
  std::size_t at = node.offset;
  while (at < bytes.size() && bytes[at] != sign) {
    if (bytes[at] != '!') {
      return std::nullopt;
    }
    at = skip_separation(bytes, name_end(bytes, at));
  }
  const std::size_t end = sign == '*' ? alias_end(bytes, at) : name_end(bytes, at);
  const bool good = at < bytes.size() && is_anchor_name(bytes.substr(at + 1, end - at - 1));
  return good ? std::nullopt
              : Fault({node.offset,
                       "an anchor's name with other characters than "
                       "letters, digits, - and _"});
}

}  // namespace

std::optional<YamlIncompatibility> find_fault(const YamlSourceMap& stream) {
  if (auto fault = unclosed_quote(stream)) {
    return fault;
  }
  for (YamlIndex i = 0; i < stream.nodes().size(); ++i) {
    const YamlNode& node = stream.node(i);
    Fault fault;
    if (node.anchor != 0) {
      fault = anchor_fault(stream, node);
    }
    if (!fault && node.kind == YamlKind::mapping) {
      fault = value_without_key(stream, i);
      fault = fault ? fault : last_key_without_colon(stream, i);
    }
    if (!fault && (node.kind == YamlKind::mapping || node.kind == YamlKind::sequence)) {
      fault = too_far_left(stream, i);
    }
    if (fault) {
      return fault;
    }
  }
  return std::nullopt;
}

}  // namespace engine
