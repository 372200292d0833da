#include "engine/base/reader_word.h"

#include <algorithm>

#include "engine/text/ascii.h"

namespace engine {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || c == '_'; });
}

std::string mark(std::string_view name, char end) {
  return kReaderMark + std::string(name) + end;
}

}  // namespace

std::string for_reader(std::string_view text) {
  std::string out;
  for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{')) {
    out += text.substr(0, open);
    text.remove_prefix(open + 1);
    const auto close = text.find('}');
    const std::string_view name = text.substr(0, close);
    if (close != std::string_view::npos && is_name(name)) {
      out += mark(name, kReaderWordEnd);
      text.remove_prefix(close + 1);
    } else {
      out += '{';
    }
  }
  return out += text;
}

std::string reader_label(std::string_view name) {
  return mark(name, kReaderLabelEnd);
}

}  // namespace engine
