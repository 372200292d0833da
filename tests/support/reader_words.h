// The marks of engine/base/reader_word.h, as a test can read them.
#pragma once

#include <string>

#include "engine/base/reader_word.h"

namespace test {

// `text` with each word that is left to the reader in braces, and each label as it is.
inline std::string in_braces(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto end = text.find_first_of({engine::kReaderWordEnd, engine::kReaderLabelEnd}, i);
    if (text[i] != engine::kReaderMark || end == std::string::npos) {
      out += text[i];
      continue;
    }
    const std::string name = text.substr(i + 1, end - i - 1);
    out += text[end] == engine::kReaderWordEnd ? "{" + name + "}" : name;
    i = end;
  }
  return out;
}

}  // namespace test
