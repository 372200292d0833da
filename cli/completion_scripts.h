// The scripts of cli/completion/, which are part of the program.
#pragma once

#include <string_view>

namespace embedded {

// The text of cli/completion/<file_name>; empty if there is none of that name.
std::string_view completion_script(std::string_view file_name);

}  // namespace embedded
