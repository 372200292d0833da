#include "engine/yaml/text.h"

#include <algorithm>
#include <cstdint>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

// c-printable of YAML 1.2.2, 5.1.
bool is_printable(std::uint32_t c) {
  if (c < 0x20) {
    return c == '\t' || c == '\n' || c == '\r';
  }
  return c < 0x7F || c == 0x85 || (c >= 0xA0 && c < 0xD800) || (c >= 0xE000 && c < 0xFFFE) ||
         (c >= 0x10000 && c <= 0x10FFFF);
}

// Whether an anchor, alias or tag that goes up to `offset` ends there.
bool ends_name(std::string_view bytes, std::size_t offset) {
  return offset >= bytes.size() || is_blank(bytes[offset]) || is_break(bytes[offset]) ||
         std::string_view(",[]{}").find(bytes[offset]) != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> find_unprintable(std::string_view bytes) {
  for (std::size_t offset = 0; offset < bytes.size();) {
    const auto next = decode_utf8(bytes.substr(offset));
    const bool lone_return = bytes[offset] == '\r' && bytes.substr(offset, 2) != "\r\n";
    if (!next || !is_printable(next->code_point) || lone_return) {
      return offset;
    }
    offset += next->size;
  }
  return std::nullopt;
}

std::string_view line_break_at(std::string_view bytes, std::size_t offset) {
  const std::string_view rest = bytes.substr(std::min(offset, bytes.size()));
  return rest.substr(0, rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0);
}

std::size_t line_at(std::string_view bytes, std::size_t offset) {
  const std::string_view before = bytes.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
}

std::size_t line_begin(std::string_view bytes, std::size_t offset) {
  while (offset > 0 && !is_break(bytes[offset - 1])) {
    --offset;
  }
  return offset;
}

std::size_t line_end(std::string_view bytes, std::size_t offset) {
  const std::size_t end = bytes.find_first_of("\r\n", offset);
  return end == std::string_view::npos ? bytes.size() : end;
}

std::size_t skip_blanks(std::string_view bytes, std::size_t offset) {
  while (offset < bytes.size() && is_blank(bytes[offset])) {
    ++offset;
  }
  return offset;
}

std::size_t skip_separation(std::string_view bytes, std::size_t offset) {
  while (offset < bytes.size()) {
    const char c = bytes[offset];
    const bool after_space =
        offset == 0 || is_blank(bytes[offset - 1]) || is_break(bytes[offset - 1]);
    if (is_blank(c) || is_break(c)) {
      ++offset;
    } else if (c == '#' && after_space) {
      offset = line_end(bytes, offset);
    } else {
      break;
    }
  }
  return offset;
}

std::size_t name_end(std::string_view bytes, std::size_t offset) {
  if (bytes.substr(offset, 2) == "!<") {
    const std::size_t close = bytes.find('>', offset);
    return close == std::string_view::npos ? bytes.size() : close + 1;
  }
  while (!ends_name(bytes, offset)) {
    ++offset;
  }
  return offset;
}

std::size_t alias_end(std::string_view bytes, std::size_t offset) {
  const std::size_t end = name_end(bytes, offset);
  return end > offset + 1 && bytes[end - 1] == ':' ? end - 1 : end;
}

YamlProperties skip_properties(std::string_view bytes, std::size_t offset) {
  YamlProperties found{offset, skip_separation(bytes, offset)};
  // A node has at most one of each: another one belongs to the node that follows.
  for (std::string_view left = "!&"; found.next < bytes.size() && !left.empty();) {
    const std::size_t kind = left.find(bytes[found.next]);
    if (kind == std::string_view::npos) {
      break;
    }
    left = kind == 0 ? left.substr(1) : left.substr(0, 1);
    found.end = name_end(bytes, found.next);
    found.next = skip_separation(bytes, found.end);
  }
  return found;
}

std::optional<std::size_t> explicit_key_mark(std::string_view bytes, std::size_t offset) {
  const std::size_t mark = bytes.substr(0, offset).find_last_not_of(" \t\r\n");
  if (mark == std::string_view::npos || bytes[mark] != '?') {
    return std::nullopt;
  }
  // Only other indicators of block collections stand before it; else it is the end of a text.
  std::size_t begin = line_begin(bytes, mark);
  if (begin == 0 && bytes.starts_with(kByteOrderMark)) {
    begin = kByteOrderMark.size();
  }
  const bool indicator =
      bytes.substr(begin, mark - begin).find_first_not_of(" \t-?:") == std::string_view::npos;
  return indicator && mark + 1 < offset ? std::optional(mark) : std::nullopt;
}

std::optional<std::size_t> quoted_end(std::string_view bytes, std::size_t begin) {
  const char quote = bytes[begin];
  for (std::size_t i = begin + 1; i < bytes.size(); ++i) {
    if (quote == '"' && bytes[i] == '\\') {
      ++i;
    } else if (bytes[i] == quote) {
      if (quote == '"' || bytes.substr(i, 2) != "''") {
        return i + 1;
      }
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace engine
