// The bytes of a YAML stream before it is parsed: what YAML 1.2.2 admits as characters (5.1), lines
// (5.4), separation and properties (6), and quotes (7.3). Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace engine {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The offset of the first byte that is no part of a printable character in UTF-8: an invalid
// sequence, or a control character other than tab and line breaks, which carriage returns alone are
// not. Parsers differ on these.
std::optional<std::size_t> find_unprintable(std::string_view bytes);

// The line of an offset, from 1. Here and below, "\n" ends a line, with the "\r" before it.
std::size_t line_at(std::string_view bytes, std::size_t offset);

// Where the line of `offset` begins.
std::size_t line_begin(std::string_view bytes, std::size_t offset);

// Where the line break at or after `offset` begins; the size of `bytes` if none follows.
std::size_t line_end(std::string_view bytes, std::size_t offset);

// The line break that begins at `offset`; empty if none does.
std::string_view line_break_at(std::string_view bytes, std::size_t offset);

// The next offset at or after `offset` that is neither a space nor a tab.
std::size_t skip_blanks(std::string_view bytes, std::size_t offset);

// The next offset at or after `offset` that is neither white space, line break nor comment.
std::size_t skip_separation(std::string_view bytes, std::size_t offset);

// The end of the anchor, alias or tag that begins at `offset` (YAML 1.2.2, 6.8.1 and 6.9).
std::size_t name_end(std::string_view bytes, std::size_t offset);

// The end of the alias that begins at `offset`. A colon at the end is that of its value: `*app: x`.
std::size_t alias_end(std::string_view bytes, std::size_t offset);

struct YamlProperties {
  std::size_t end = 0;   // of the last property, or where the search began
  std::size_t next = 0;  // what follows them
};

// Passes over a tag and an anchor in either order.
YamlProperties skip_properties(std::string_view bytes, std::size_t offset);

// The "?" before the key at `offset` of a block mapping, where it has one (YAML 1.2.2, 8.2.2).
std::optional<std::size_t> explicit_key_mark(std::string_view bytes, std::size_t offset);

// The end of the scalar in quotes that begins at `begin`; nothing if the quote is not closed.
std::optional<std::size_t> quoted_end(std::string_view bytes, std::size_t begin);

inline bool is_break(char c) {
  return c == '\n' || c == '\r';
}

}  // namespace engine
