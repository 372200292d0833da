// Text to JSON and back, with the two limits that the library does not have: nesting (a deep value
// parses but crashes when it is copied or written) and invalid UTF-8 on output. Knows nothing of
// MCP or of configuration files. All functions may be called from any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "json/json.h"

namespace json {

// Deeper values are refused before they are built (specification, section 8).
inline constexpr std::size_t kMaxDepth = 64;

struct ParseError {
  std::string message;     // what is wrong, in words, without a position and nothing of the text
  std::size_t offset = 0;  // bytes from the start of the text
};

// Parses one JSON value that fills `text`. A leading byte order mark is skipped. Of members of one
// name the last counts (json/repeated_key.h finds them).
tl::expected<Json, ParseError> parse(std::string_view text);

// The keys of the object that is member `name` of the object in `text`, in the order of the text,
// which a Json object does not keep. A repeated key appears once, where it stands first; of members
// of that name the last counts. `text` is one that parse() accepts; empty if there is no such
// object.
std::vector<std::string> keys_in_order(std::string_view text, std::string_view name);

// True if brackets in `text` nest deeper than kMaxDepth. Brackets in strings do not count; the text
// need not be valid.
bool too_deep(std::string_view text);

// `text`, or its first `most` bytes, to the end of a character, and "…".
std::string shortened(std::string text, std::size_t most);

// One line of JSON, also for readers to which more than a newline ends a line. Bytes that are not
// UTF-8 become U+FFFD, so that this never fails.
std::string dump(const Json& value);
std::string dump(const OrderedJson& value);

}  // namespace json
