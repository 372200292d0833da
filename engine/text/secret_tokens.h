// Secrets that are known by their own form, wherever they stand. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace engine {

// How many characters of a forge's, cloud's or chat service's token, or of a JWT, begin `text`,
// which begins a word; 0 for none. `alphanumeric` is how many letters and digits begin it.
std::size_t token_length(std::string_view text, std::size_t alphanumeric);

// How many characters of the address of a chat service's webhook begin `text`, up to what may post
// there and is a secret; 0 for none.
std::size_t webhook_prefix_length(std::string_view text);

// How many characters of a private key in PEM form begin `text`, which begins with "-----BEGIN"; 0
// for none. A key that was cut ends with the last word that looks like a part of one. `may_end` is
// false once no "-----END" follows, so that many beginnings do not each look for it.
std::size_t private_key_length(std::string_view text, bool& may_end);

// Whether `value` looks made by a machine: 16 characters and more of base64 or so, with letters of
// both cases and digits, or 20 and more with letters and digits; but no commit id or checksum.
bool looks_random(std::string_view value);

// 40 to 64 hexadecimal digits and nothing else.
bool is_hexadecimal_token(std::string_view value);

}  // namespace engine
