#include "engine/manifest/tag_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/text/ascii.h"

namespace engine {
namespace {

bool is_tag_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

// What YAML 1.1 or 1.2 takes for a truth value or for nothing.
bool is_yaml_word(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords = {"y",  "yes", "true",  "on",  "n",
                                                      "no", "off", "false", "null"};
  return std::ranges::find(kWords, in_lower_case(text)) != kWords.end();
}

// A letter that no number has, be it hexadecimal, octal or with an exponent.
bool is_in_no_number(char c) {
  constexpr std::string_view kOfNumbers = "abcdefox";
  const char lower = in_lower_case(c);
  return lower >= 'a' && lower <= 'z' && kOfNumbers.find(lower) == std::string_view::npos;
}

}  // namespace

bool is_image_tag(std::string_view text) {
  constexpr std::size_t kMaxLength = 128;
  return !text.empty() && text.size() <= kMaxLength && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, is_tag_character);
}

std::string_view without_digest(std::string_view value) {
  return value.substr(0, value.find("@sha256:"));
}

std::optional<PrNumber> pull_request_of(std::string_view value) {
  constexpr std::string_view kPrefix = "pr-";
  const std::string_view tag = without_digest(value);
  if (!tag.starts_with(kPrefix) || !is_image_tag(tag)) {
    return std::nullopt;
  }
  const std::string_view rest = tag.substr(kPrefix.size());
  const std::string_view digits = rest.substr(0, rest.find('-'));
  return digits.size() + 1 < rest.size() ? PrNumber::parse(digits) : std::nullopt;
}

bool is_string_without_quotes(std::string_view tag) {
  if (tag.empty() || !(is_alphanumeric(tag.front()) || tag.front() == '_') || is_yaml_word(tag)) {
    return false;
  }
  // `1.2.3` is no number, but `1.10` and `1_000` are.
  return !is_digit(tag.front()) || std::ranges::any_of(tag, is_in_no_number) ||
         (std::ranges::count(tag, '.') > 1 && tag.find('_') == std::string_view::npos);
}

}  // namespace engine
