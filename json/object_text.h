// Where the parts of an object stand in a JSON text, for what changes the text of a file that
// people edit and leaves everything else in it as it is. For any thread.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace json {

// Offsets in bytes; an end is that of the byte behind.
struct MemberText {
  std::size_t key = 0;  // its first quote
  std::size_t key_end = 0;
  std::size_t value = 0;
  std::size_t value_end = 0;
};

struct ObjectText {
  std::size_t open = 0;  // the brace
  std::vector<MemberText> members;
  std::size_t close = 0;
};

// The parts of the object that begins at `open` in `text`, which parse() accepts.
ObjectText object_text(std::string_view text, std::size_t open);

}  // namespace json
