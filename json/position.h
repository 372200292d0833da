// Where in a JSON text something stands, for messages about files that people edit.
#pragma once

#include <cstddef>
#include <string_view>

namespace json {

// Both count from 1; the column counts bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

// The position of the byte at `offset` (the end of the text where it is beyond).
Position position_of(std::string_view text, std::size_t offset);

// The position of the value at `pointer`: offset_of() in json/parse.h.
Position position_of(std::string_view text, std::string_view pointer);

}  // namespace json
