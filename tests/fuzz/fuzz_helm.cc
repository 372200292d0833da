// Sets a tag in any bytes as Helm values. A first line "#path: ..." says where, and is a comment of
// the values.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/edit_properties.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  engine::TagLocation place;
  place.type = "helm-values";
  place.image_name = "app";
  place.path = fuzz::path_in_first_line(bytes);
  fuzz::check_edit(bytes, place);
  return 0;
}
