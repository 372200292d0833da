// Sets the tag of the image "app" in any bytes as a kustomization.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/edit_properties.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  engine::TagPlace place;
  place.image_name = "app";
  fuzz::check_edit({reinterpret_cast<const char*>(data), size}, place);
  return 0;
}
