// Several words as one text.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace engine {

// The words in their order, `separator` between each two; "" of none. An empty word that nothing
// but empty ones precede leaves no separator. Pure, for any thread.
inline std::string joined(std::span<const std::string> words, std::string_view separator = ", ") {
  std::string text;
  for (const std::string& word : words) {
    text += text.empty() ? std::string_view() : separator;
    text += word;
  }
  return text;
}

}  // namespace engine
