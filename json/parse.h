// Text to JSON and back, with the two limits that the library does not have: nesting (a deep value
// parses but crashes when it is copied or written) and invalid UTF-8 on output. Knows nothing of
// MCP or of configuration files. All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "json/json.h"

namespace json {

// Deeper values are refused before they are built (specification, section 8).
inline constexpr std::size_t kMaxDepth = 64;

// A member of whose name its object has one already.
struct RepeatedKey {
  std::string pointer;     // to the member (RFC 6901)
  std::size_t offset = 0;  // of its key's first quote, in bytes from the start of the text
};

struct ParseError {
  std::string message;     // what is wrong, in words, without a position and nothing of the text
  std::size_t offset = 0;  // bytes from the start of the text
  bool too_deep = false;
  std::optional<RepeatedKey> repeated_key = {};  // the text is JSON but for this
};

// Parses one JSON value that fills `text`. A leading byte order mark is skipped. Of members of one
// name the last counts.
tl::expected<Json, ParseError> parse(std::string_view text);

// The same for text that people write, who would take the first of them for the one that counts:
// members of one name are an error, wherever they are. Names are compared as they are meant, so
// that an escape does not make another one.
tl::expected<Json, ParseError> parse_unique(std::string_view text);

// Why parse_unique() would refuse `text`, if it would; builds no value.
std::optional<ParseError> check_unique(std::string_view text);

// Where the value at `pointer` begins in `text`, which parse() accepts; of the nearest container
// that is there, where the pointer leads nowhere. Of members of one name it is the last.
std::size_t offset_of(std::string_view text, std::string_view pointer);

// `text`, or its first `most` bytes, to the end of a character, and "…".
std::string shortened(std::string text, std::size_t most);

// One line of JSON, also for readers to which more than a newline ends a line. Bytes that are not
// UTF-8 become U+FFFD, so that this never fails.
std::string dump(const Json& value);
std::string dump(const OrderedJson& value);

}  // namespace json
