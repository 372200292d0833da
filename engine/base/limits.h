// Limits that more than one room keeps to.
#pragma once

#include <cstddef>

namespace engine {

// Larger manifests are refused (specification, section 5): neither read from the clone nor edited.
inline constexpr std::size_t kMaxManifestBytes = std::size_t{4} << 20U;

}  // namespace engine
