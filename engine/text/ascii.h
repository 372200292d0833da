// Letters and digits of ASCII, whatever the locale. Bytes of other characters are none of them and
// stay as they are. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_letter(char c) {
  return is_lower(c) || is_upper(c);
}

constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr char in_lower_case(char c) {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string in_lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = in_lower_case(c);
  }
  return result;
}

// The value of a hexadecimal digit; nothing for another character.
constexpr std::optional<unsigned> hex_value(char c) {
  if (is_digit(c)) {
    return static_cast<unsigned>(c - '0');
  }
  const char lower = in_lower_case(c);
  return lower >= 'a' && lower <= 'f' ? std::optional(static_cast<unsigned>(lower - 'a') + 10U)
                                      : std::nullopt;
}

// Whether all are hexadecimal digits as git writes them, in lower case.
constexpr bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Without the white space at both ends.
constexpr std::string_view trimmed(std::string_view text, std::string_view space = " \t\r\n") {
  const auto first = text.find_first_not_of(space);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(space) - first + 1);
}

}  // namespace engine
