#include "engine/yaml/scalar.h"

#include <array>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 4> kNulls = {"~", "null", "Null", "NULL"};

// White space in a plain scalar, from `at` on: what it reads as, and its end. Line breaks fold
// (YAML 1.2.2, 7.3.3).
struct Gap {
  std::string reads;
  std::size_t end = 0;
};

Gap gap_at(std::string_view bytes, std::size_t at) {
  std::size_t end = skip_blanks(bytes, at);
  std::size_t breaks = 0;
  for (; end < bytes.size() && is_break(bytes[end]); end = skip_blanks(bytes, end)) {
    end += line_break_at(bytes, end).size();
    ++breaks;
  }
  if (breaks == 0) {
    return {std::string(bytes.substr(at, end - at)), end};
  }
  return {breaks == 1 ? " " : std::string(breaks - 1, '\n'), end};
}

// The end of a plain scalar of the given value.
std::optional<std::size_t> plain_end(std::string_view bytes, std::size_t begin,
                                     std::string_view value) {
  std::size_t at = begin;
  for (std::size_t i = 0; i < value.size();) {
    if (at == bytes.size()) {
      return std::nullopt;
    }
    if (is_blank(bytes[at]) || is_break(bytes[at])) {
      const Gap gap = gap_at(bytes, at);
      if (!value.substr(i).starts_with(gap.reads)) {
        return std::nullopt;
      }
      at = gap.end;
      i += gap.reads.size();
    } else if (bytes[at++] != value[i++]) {
      return std::nullopt;
    }
  }
  return at;
}

// Parsed alone, the quoted bytes must give the value that they gave in their place.
bool decodes_to(std::string_view quoted, std::string_view value) {
  const auto alone = YamlSourceMap::build("", quoted);
  return alone && alone->nodes().size() == 1 && alone->text(alone->node(0)) == value;
}

std::optional<YamlSpan> span_of_scalar(const YamlSourceMap& stream, const YamlNode& node,
                                       std::size_t begin) {
  const std::string_view bytes = stream.bytes();
  const char first = begin < bytes.size() ? bytes[begin] : '\0';
  if (first == '"' || first == '\'') {
    const auto end = quoted_end(bytes, begin);
    if (!end || !decodes_to(bytes.substr(begin, *end - begin), stream.text(node))) {
      return std::nullopt;
    }
    const auto style = first == '"' ? YamlStyle::double_quoted : YamlStyle::single_quoted;
    return YamlSpan{style, begin, *end, begin + 1, *end - 1};
  }
  if (first == '|' || first == '>') {
    return YamlSpan{YamlStyle::block, begin, begin, begin, begin};
  }
  const auto end = plain_end(bytes, begin, stream.text(node));
  if (!end) {
    return std::nullopt;
  }
  return YamlSpan{YamlStyle::plain, begin, *end, begin, *end};
}

bool next_begins_at(const YamlSourceMap& stream, YamlIndex index, std::size_t offset) {
  const YamlIndex next = stream.node(index).end;
  return next < stream.nodes().size() && stream.node(next).offset == offset;
}

// A null's words, unless they are the key that follows an empty value: that key begins there too.
std::optional<YamlSpan> span_of_null(const YamlSourceMap& stream, YamlIndex index,
                                     std::size_t begin) {
  if (next_begins_at(stream, index, begin)) {
    return std::nullopt;
  }
  for (const std::string_view word : kNulls) {
    const std::size_t end = begin + word.size();
    if (stream.bytes().substr(begin, word.size()) == word && ends_name(stream.bytes(), end)) {
      return YamlSpan{YamlStyle::plain, begin, end, begin, end};
    }
  }
  return std::nullopt;
}

// The node's tag and anchor, which begin at or after `offset`; those of the next node are not its
// own.
YamlProperties properties_of(const YamlSourceMap& stream, YamlIndex index, std::size_t offset) {
  const YamlIndex next = stream.node(index).end;
  const bool last = next == stream.nodes().size();
  const std::size_t end = last ? stream.bytes().size() : stream.node(next).offset;
  return skip_properties(stream.bytes().substr(0, end), offset);
}

// What is written at `offset`, its mark, with tag and anchor before it.
std::optional<YamlSpan> written_span(const YamlSourceMap& stream, YamlIndex index,
                                     std::size_t offset) {
  const YamlNode& node = stream.node(index);
  const std::string_view bytes = stream.bytes();
  if (offset != node.offset) {
    return std::nullopt;
  }
  if (node.kind == YamlKind::alias) {
    const std::size_t end = alias_end(bytes, offset);
    return bytes.substr(offset, 1) == "*"
               ? std::optional(YamlSpan{YamlStyle::alias, offset, end, offset, end})
               : std::nullopt;
  }
  const std::size_t begin = properties_of(stream, index, offset).next;
  return node.kind == YamlKind::null ? span_of_null(stream, index, begin)
                                     : span_of_scalar(stream, node, begin);
}

YamlSpan empty_span(std::size_t offset) {
  return {YamlStyle::empty, offset, offset, offset, offset};
}

}  // namespace

std::optional<YamlSpan> key_span(const YamlSourceMap& stream, YamlIndex key) {
  return item_span(stream, key);
}

std::optional<YamlSpan> item_span(const YamlSourceMap& stream, YamlIndex item) {
  const YamlKind kind = stream.node(item).kind;
  if (kind == YamlKind::sequence || kind == YamlKind::mapping) {
    return std::nullopt;
  }
  const auto span = written_span(stream, item, stream.node(item).offset);
  const bool written = span && (span->style != YamlStyle::plain || span->begin != span->end);
  return written ? span : std::nullopt;
}

std::optional<YamlSpan> value_span(const YamlSourceMap& stream, YamlIndex key) {
  const std::string_view bytes = stream.bytes();
  const YamlIndex value = stream.value_of(key);
  const YamlNode& node = stream.node(value);
  const auto name = key_span(stream, key);
  if (!name || node.kind == YamlKind::sequence || node.kind == YamlKind::mapping) {
    return std::nullopt;
  }
  const std::size_t colon = skip_separation(bytes, name->end);
  if (bytes.substr(colon, 1) != ":") {
    return std::nullopt;
  }
  const std::size_t begin = skip_separation(bytes, colon + 1);
  if (node.kind == YamlKind::null) {
    const auto word = written_span(stream, value, begin);
    return word ? word : empty_span(properties_of(stream, value, colon + 1).end);
  }
  const YamlProperties properties = properties_of(stream, value, colon + 1);
  if (node.kind == YamlKind::scalar && node.text_size == 0 &&
      next_begins_at(stream, value, properties.next)) {
    return empty_span(properties.end);
  }
  const auto span = written_span(stream, value, begin);
  const bool only_tag = span && span->style == YamlStyle::plain && span->begin == span->end;
  return only_tag ? empty_span(properties.end) : span;
}

}  // namespace engine
