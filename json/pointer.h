// JSON pointers (RFC 6901), which name a place in a value: "/rwenvs/dev~1eu/fluxGitRepo".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace json {

// `key` as a part of a pointer.
std::string escaped(std::string_view key);

// The keys and indices on the way from the whole value.
std::vector<std::string> parts_of(std::string_view pointer);

}  // namespace json
