// ASCII letters in lower case; other bytes stay.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace engine {

inline std::string in_lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return result;
}

}  // namespace engine
