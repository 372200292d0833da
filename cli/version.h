// The version of the program: that of the CMake project, and of the plugin's manifest.
#pragma once

#include <string_view>

namespace cli {

// "1.2.3".
std::string_view version();

}  // namespace cli
