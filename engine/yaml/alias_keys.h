// Aliases that are keys, spelled without a space: `*app: x`. The parsers of kustomize, of Flux and
// libyaml end the name before the colon; yaml-cpp takes the colon for a part of it, and so finds no
// such anchor. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

// The offsets of the colons that follow such an alias, in order, as libyaml reads the text, which
// is UTF-8 without a byte order mark. None where it has none, and after what libyaml cannot read.
std::vector<std::size_t> colons_of_alias_keys(std::string_view bytes);

// The text with a space before each of these colons, which means the same to every parser.
std::string with_spaces(std::string_view bytes, const std::vector<std::size_t>& colons);

// Where the byte at `offset` of that text stands in the text without the spaces.
std::size_t without_spaces(std::size_t offset, const std::vector<std::size_t>& colons);

}  // namespace engine
