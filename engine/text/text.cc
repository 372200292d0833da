#include "engine/text/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "engine/text/ascii.h"
#include "engine/text/secret_tokens.h"
#include "engine/text/utf8.h"

namespace engine {
namespace {

constexpr char kEscape = '\x1b';
constexpr char kBell = '\a';
constexpr std::string_view kEllipsis = "…";

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// Controls but newline and tab, what changes the direction of writing, and what has no form of its
// own, so that it hides text from people which a model reads. In ascending order.
constexpr std::array<Range, 31> kRemoved = {{
    {0x00, 0x08},       {0x0B, 0x1F},
    {0x7F, 0x9F},       {0xAD, 0xAD},  // soft hyphen
    {0x34F, 0x34F},                    // combining grapheme joiner
    {0x61C, 0x61C},                    // Arabic letter mark
    {0x115F, 0x1160},                  // Hangul fillers
    {0x17B4, 0x17B5},                  // Khmer inherent vowels
    {0x180B, 0x180F},                  // Mongolian selectors
    {0x200B, 0x200F},                  // zero width, and marks of direction
    {0x2028, 0x202E},                  // separators of lines, overrides of direction
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates, deprecated format characters
    {0x2800, 0x2800},    // blank Braille pattern
    {0x3164, 0x3164},    // Hangul filler
    {0xFDD0, 0xFDEF},    // no characters
    {0xFE00, 0xFE0D},    // variation selectors but those of text and emoji
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // Hangul filler
    {0xFFF0, 0xFFFB},    // interlinear annotation
    {0xFFFE, 0xFFFF},    // no characters
    {0x13430, 0x1343F},  // Egyptian format controls
    {0x16FE4, 0x16FE4},  // Khitan filler
    {0x1BCA0, 0x1BCA3},  // shorthand format controls
    {0x1D159, 0x1D159},  // null notehead
    {0x1D173, 0x1D17A},  // musical format controls
    {0x1FFFE, 0x1FFFF}, {0x2FFFE, 0x2FFFF},
    {0x3FFFE, 0x3FFFF}, {0xE0000, 0xE0FFF},  // tags, further variation selectors
    {0xEFFFE, 0xEFFFF}, {0xFFFFE, 0x10FFFF},
}};

bool is_removed(std::uint32_t code) {
  const auto* const range = std::ranges::lower_bound(kRemoved, code, {}, &Range::last);
  return range != kRemoved.end() && code >= range->first;
}

// Chooses between two pictures of the character before it.
bool is_presentation_selector(std::uint32_t code) {
  return code == 0xFE0EU || code == 0xFE0FU;
}

bool is_of_name(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

bool is_plain(char c) {
  return (c >= ' ' && c <= '~') || c == '\n' || c == '\t';
}

// The length of the terminal's escape sequence that `text` begins with.
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) {
    return text.size();
  }
  if (text[1] == '[') {
    const auto* const end =
        std::find_if(text.begin() + 2, text.end(), [](char c) { return c >= '@' && c <= '~'; });
    return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
  }
  if (text[1] == ']' || text[1] == 'P' || text[1] == '_' || text[1] == '^' || text[1] == 'X') {
    // Byte by byte, so that many short sequences do not each search all that follows.
    std::size_t end = 2;
    while (end < text.size() && text[end] != kBell && !text.substr(end).starts_with("\x1b\\")) {
      ++end;
    }
    return std::min(text.size(), end + (end < text.size() && text[end] == kBell ? 1 : 2));
  }
  return 2;
}

}  // namespace

std::string remove_control_characters(std::string_view text) {
  // Most of what is shown is plain.
  if (std::ranges::all_of(text, is_plain)) {
    return std::string(text);
  }
  std::string clean;
  bool after_character = false;  // that a selector could belong to
  while (!text.empty()) {
    if (text.front() == kEscape) {
      text.remove_prefix(escape_length(text));
      after_character = false;
      continue;
    }
    const auto character = decode_utf8(text);
    const std::size_t length = character ? character->size : 1;
    if (character && !is_removed(character->code_point)) {
      const bool selector = is_presentation_selector(character->code_point);
      if (!selector || after_character) {
        clean.append(text.substr(0, length));
      }
      after_character = !selector && character->code_point > ' ';
    } else {
      after_character = false;
    }
    text.remove_prefix(length);
  }
  return clean;
}

std::string truncate(std::string text, std::size_t most) {
  if (text.size() <= most) {
    return text;
  }
  text.resize(first_bytes(text, most).size());
  return text.append(kEllipsis);
}

std::string sanitize_text(std::string_view text, std::size_t most) {
  return truncate(redact(remove_control_characters(text)), most);
}

std::string sanitize_line(std::string_view text, std::size_t most) {
  std::string line = redact(remove_control_characters(text));
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  const auto first = line.find_first_not_of(' ');
  if (first == std::string::npos) {
    return {};
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return truncate(line.substr(first), most);
}

std::string named(std::string_view value, char quote) {
  constexpr std::size_t kMaxOfName = 64;
  const bool is_name = !value.empty() && value.size() <= kMaxOfName &&
                       std::ranges::all_of(value, is_of_name) && !looks_random(value) &&
                       !is_hexadecimal_token(value) && redact(value) == value;
  if (is_name || value.empty()) {
    return quote + std::string(value) + quote;
  }
  if (value.find("://") != std::string_view::npos) {
    return "a URL";
  }
  const std::size_t characters = count_characters(value);
  return "a text of " + std::to_string(characters) +
         (characters == 1 ? " character" : " characters");
}

}  // namespace engine
