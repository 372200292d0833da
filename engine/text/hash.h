// A short hash of a text, to tell names apart. Pure function, for any thread.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// FNV-1a in 8 hexadecimal digits: the same on every machine. No secret and no proof.
std::string hash_of(std::string_view text);

}  // namespace engine
