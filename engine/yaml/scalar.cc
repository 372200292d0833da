#include "engine/yaml/scalar.h"

#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

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

// Read alone, the quoted bytes must give the value that they gave in their place.
bool decodes_to(std::string_view quoted, std::string_view value) {
  const auto alone = YamlReader::read(quoted);
  return alone && alone->nodes().size() == 1 && alone->written(0) == value;
}

// What is written at `begin`, after tag and anchor.
std::optional<YamlSpan> span_at(const YamlSourceMap& stream, YamlIndex index, std::size_t begin) {
  const std::string_view bytes = stream.bytes();
  const std::string_view text = stream.written(index);
  const YamlStyle style = stream.node(index).style;
  const char first = begin < bytes.size() ? bytes[begin] : '\0';
  std::optional<std::size_t> end;
  switch (style) {
    case YamlStyle::empty:
    case YamlStyle::block:
      end = begin;
      break;
    case YamlStyle::plain:
      end = plain_end(bytes, begin, text);
      break;
    case YamlStyle::alias:
      end = first == '*' ? std::optional(alias_end(bytes, begin)) : std::nullopt;
      break;
    case YamlStyle::single_quoted:
    case YamlStyle::double_quoted:
      end = first == (style == YamlStyle::single_quoted ? '\'' : '"') ? quoted_end(bytes, begin)
                                                                      : std::nullopt;
      if (!end || !decodes_to(bytes.substr(begin, *end - begin), text)) {
        return std::nullopt;
      }
      return YamlSpan{style, begin, *end, begin + 1, *end - 1};
  }
  return end ? std::optional(YamlSpan{style, begin, *end, begin, *end}) : std::nullopt;
}

// The node's tag and anchor, which begin at or after `offset`. A node that is not written has no
// other end than where the next one begins.
YamlProperties properties_of(const YamlSourceMap& stream, YamlIndex index, std::size_t offset) {
  const YamlIndex next = stream.node(index).end;
  const bool last = next == stream.nodes().size();
  return skip_properties(
      stream.bytes().substr(0, last ? std::string_view::npos : stream.offset(next)), offset);
}

bool is_collection(const YamlSourceMap& stream, YamlIndex index) {
  return stream.kind(index) == YamlKind::sequence || stream.kind(index) == YamlKind::mapping;
}

}  // namespace

std::optional<YamlSpan> item_span(const YamlSourceMap& stream, YamlIndex item) {
  if (is_collection(stream, item) || stream.node(item).style == YamlStyle::empty) {
    return std::nullopt;
  }
  return span_at(stream, item, properties_of(stream, item, stream.offset(item)).next);
}

std::optional<YamlSpan> value_span(const YamlSourceMap& stream, YamlIndex key) {
  const std::string_view bytes = stream.bytes();
  const YamlIndex value = stream.value_of(key);
  const auto name = item_span(stream, key);
  if (!name || is_collection(stream, value)) {
    return std::nullopt;
  }
  const std::size_t colon = skip_separation(bytes, name->end);
  if (bytes.substr(colon, 1) != ":") {
    return std::nullopt;
  }
  const YamlProperties properties = properties_of(stream, value, colon + 1);
  if (stream.node(value).style == YamlStyle::empty) {
    return span_at(stream, value, properties.end);
  }
  const bool follows = stream.offset(value) == skip_separation(bytes, colon + 1);
  return follows ? span_at(stream, value, properties.next) : std::nullopt;
}

}  // namespace engine
