#include "engine/text/utf8.h"

#include <algorithm>
#include <array>

namespace engine {

std::optional<Utf8Character> decode_utf8(std::string_view bytes) {
  const auto byte = [&](std::size_t index) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[index]));
  };
  const std::uint32_t first = byte(0);
  if (first < 0x80U) {
    return Utf8Character{first, 1};
  }
  const std::size_t size = first >= 0xF0U ? 4U : (first >= 0xE0U ? 3U : 2U);
  if (first < 0xC2U || first > 0xF4U || bytes.size() < size) {
    return std::nullopt;
  }
  std::uint32_t code_point = first & (0xFFU >> (size + 1));
  for (std::size_t index = 1; index < size; ++index) {
    if (!continues_character(bytes[index])) {
      return std::nullopt;
    }
    code_point = (code_point << 6U) | (byte(index) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kMin = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code_point >= 0xD800U && code_point <= 0xDFFFU;
  if (code_point < kMin[size] || code_point > 0x10FFFFU || surrogate) {
    return std::nullopt;
  }
  return Utf8Character{code_point, size};
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return !continues_character(byte); }));
}

std::string_view first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) {
    return text;
  }
  while (most > 0 && continues_character(text[most])) {
    --most;
  }
  return text.substr(0, most);
}

}  // namespace engine
