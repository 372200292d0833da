#include "json/position.h"

#include "json/parse.h"

namespace json {

Position position_of(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

Position position_of(std::string_view text, std::string_view pointer) {
  return position_of(text, offset_of(text, pointer));
}

}  // namespace json
