// Whether a catalog is of the environment that its rwenv means: regenerate writes the rwenv's
// `fluxPath` into it, and where that has changed since, a plain service name still means the former
// environment. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/config/catalog.h"
#include "engine/config/rwenv.h"

namespace engine {

struct OtherScope {
  std::string message;  // what differs
  std::string hint;     // what to do
};

// Nothing if `catalog` was made for the `fluxPath` that `rwenv` has now, and if it does not say for
// which it was made.
std::optional<OtherScope> other_scope(const Catalog& catalog, const Rwenv& rwenv);

}  // namespace engine
