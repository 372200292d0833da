// Sets the tag in any bytes as a file with an image reference, and as one that was named by hand. A
// first line "#path: ..." says where, and is a comment of the file.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/fuzz/edit_properties.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  engine::TagLocation place;
  place.type = "image-reference";
  place.image_name = "app";
  place.catalog_images = {"app", "other"};
  place.path = fuzz::path_in_first_line(bytes).value_or(".image");
  fuzz::check_edit(bytes, place);
  place.by_hand = true;
  fuzz::check_edit(bytes, place);
  place.path.reset();
  fuzz::check_edit(bytes, place);
  return 0;
}
