// What a manifest may have of which regenerating the catalog takes note.
#pragma once

#include <cstddef>

namespace engine {

// How much of each a manifest may have, far more than Kubernetes takes or a person writes. A
// manifest that has more is passed over, and ManifestSummary::problem says so.
inline constexpr std::size_t kMaxNameBytes = 253;    // of an object or a namespace
inline constexpr std::size_t kMaxImageBytes = 1024;  // of an image, its name or its path
inline constexpr std::size_t kMaxImages = 2000;      // entries and tags: each is looked for

}  // namespace engine
