// How a fuzz target reports what must not be: libFuzzer, a sanitizer and ctest all notice an abort.
#pragma once

#include <string_view>

namespace fuzz {

// Aborts with `what` on stderr unless `good`.
void require(bool good, std::string_view what);

}  // namespace fuzz
