// Which of many names a person may have meant. Pure, for any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// Up to `most` of `names` that are like `word`, best first: by case only, containing it or
// contained in it, or a few typing mistakes away (insertions, omissions, exchanges).
std::vector<std::string> nearest(std::string_view word, const std::vector<std::string>& names,
                                 std::size_t most = 5);

}  // namespace engine
