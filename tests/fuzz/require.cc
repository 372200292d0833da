#include "tests/fuzz/require.h"

#include <cstdio>
#include <cstdlib>

namespace fuzz {

void require(bool good, std::string_view what) {
  if (!good) {
    std::fprintf(stderr, "property broken: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
  }
}

}  // namespace fuzz
