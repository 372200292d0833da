// The version of the program: that of the CMake project, and of the plugin's manifest.
#pragma once

#include <string_view>

namespace cli {

// "1.2.3".
std::string_view version();

// "rollout-mcp 1.2.3", and in further lines the compiler and the libraries that it was built with,
// each with its version.
std::string_view version_text();

}  // namespace cli
