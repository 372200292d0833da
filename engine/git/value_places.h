// Many places in the files of one commit, and how their values are read: for one walk through the
// history that finds who set each of them.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

struct ValuePlace {
  std::string file;
  std::string value;  // at the commit where the walk begins
};

// The values of some of the places, by their numbers, in the bytes of their file, which is parsed
// once; nothing for those without one.
using ReadValues = std::function<std::vector<std::optional<std::string>>(
    const std::vector<std::size_t>& places, std::string_view bytes)>;

}  // namespace engine
