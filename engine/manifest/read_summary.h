// Reads from a manifest's text what the regeneration of the catalog has to know of it. A pure
// function, for any thread.
#pragma once

#include <stop_token>
#include <string_view>

#include "engine/manifest/summary.h"

namespace engine {

// What is in the file; nothing at all, fast, for most manifests that do not matter. Takes time in
// proportion to the size, whatever is in it. Once `stop` was requested the rest is left out.
ManifestSummary read_manifest_summary(std::string_view path, std::string_view bytes,
                                      const std::stop_token& stop = {});

}  // namespace engine
