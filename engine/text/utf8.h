// Characters of UTF-8 (RFC 3629). Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine {

// A decoded character and the number of its bytes.
struct Utf8Character {
  std::uint32_t code_point = 0;
  std::size_t size = 0;
};

// The character that `bytes`, which are not empty, begin with; nothing for what is no UTF-8:
// overlong forms, surrogates and what is beyond U+10FFFF.
std::optional<Utf8Character> decode_utf8(std::string_view bytes);

// Whether the byte goes on with a character that began before it.
constexpr bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// How many characters `text`, which is UTF-8, has.
std::size_t count_characters(std::string_view text);

// The first bytes of `text`, at most `most`, that end with a whole character.
std::string_view first_bytes(std::string_view text, std::size_t most);

}  // namespace engine
