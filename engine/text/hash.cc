#include "engine/text/hash.h"

#include <cstdint>

namespace engine {

std::string hash_of(std::string_view text) {
  constexpr std::uint32_t kOffset = 2166136261U;
  constexpr std::uint32_t kPrime = 16777619U;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::uint32_t hash = kOffset;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  }
  std::string out;
  for (unsigned shift = 32; shift > 0; shift -= 4) {
    out += kDigits[(hash >> (shift - 4)) & 0xFU];
  }
  return out;
}

}  // namespace engine
