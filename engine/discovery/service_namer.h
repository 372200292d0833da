// Names for what regenerating the catalog finds: each different, short where it can be, and the
// same for the same repository. A name has 1 to 63 characters of [A-Za-z0-9._-]. Pure functions,
// for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

inline constexpr std::size_t kMaxCatalogName = 63;

struct NameWish {
  std::string base;         // the name, if nobody else has it
  std::string directory;    // tells namesakes apart
  std::string detail = {};  // the same for those of one directory: components joined by "/"
  // The name that it has in the catalog so far.
  std::optional<std::string> known = {};
  // Other names, each longer than the one before: taken before directories tell namesakes apart.
  std::vector<std::string> longer = {};
};

// A name for each wish. The known ones stay. Namesakes get the first of their longer names by which
// they differ, else the components by which their places differ: "papi" in apps/staging/papi and
// apps/live/papi become "papi.staging" and "papi.live".
std::vector<std::string> distinct_names(const std::vector<NameWish>& wishes);

// The text as a name: other characters become "-", and what is too long ends in a hash.
std::string catalog_name(std::string_view text);
// Whether it is such a name, and not the path of a value, as names once were.
bool is_catalog_name(std::string_view name);

// "registry.example.com/shop/papi" -> "papi"; of a text that ends in "/", what is before that.
std::string last_segment(std::string_view image);

}  // namespace engine
