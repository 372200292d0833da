// Sets the tag of the image "app" in any bytes as a kustomization, and asks which images the making
// of a catalog takes for editable.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/manifest/read_summary.h"
#include "tests/fuzz/edit_properties.h"
#include "tests/fuzz/require.h"

namespace {

// Images in which the catalog sees no obstacle are those that the editor takes.
void check_refusals(std::string_view bytes) {
  const engine::ManifestSummary summary =
      engine::read_manifest_summary("kustomization.yaml", bytes);
  if (!summary.kustomization) {
    return;
  }
  std::vector<engine::TagLocation> places;
  for (const engine::ImageEntry& entry : summary.kustomization->images) {
    places.emplace_back().image_name = entry.name;
  }
  const auto errors = engine::check_tag_places("kustomization.yaml", bytes, places);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool refused = summary.kustomization->images[i].refusal.has_value();
    fuzz::require(refused == errors[i].has_value(), places[i].image_name);
  }
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  engine::TagLocation place;
  place.image_name = "app";
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  fuzz::check_edit(bytes, place);
  check_refusals(bytes);
  return 0;
}
