// Text for a shell's command line.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// `text` as one word of a command line, in single quotes, whatever is in it. Pure, for any thread.
inline std::string single_quoted(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

}  // namespace engine
