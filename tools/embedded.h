// The files that are part of the program: the JSON schemas of schemas/.
#pragma once

#include <string_view>

namespace embedded {

// The text of schemas/<file_name>; empty if there is none of that name.
std::string_view schema(std::string_view file_name);

}  // namespace embedded
