// Adds a member to an object in the text of a file that people edit. For any thread.
#pragma once

#include <string>
#include <string_view>

#include "json/json.h"

namespace json {

// `text`, which parse_unique() accepts, with the member as the last of the object at `pointer`
// (RFC 6901), which has none of that name. Every other byte stays: byte order mark, line ends,
// indentation, order, the end of the file. What is new is laid out like what is beside it. A `null`
// at `pointer` gives way to an object.
std::string insert_member(std::string_view text, std::string_view pointer, std::string_view key,
                          const OrderedJson& value);

}  // namespace json
