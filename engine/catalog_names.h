// Names for what regenerating the catalog finds: each different, short where it can be, and the
// same for the same repository. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace engine {

struct NameWish {
  std::string base;         // the name, if nobody else has it
  std::string directory;    // tells namesakes apart
  std::string detail = {};  // the same for those of one directory: components joined by "/"
  // The name that it has in the catalog so far.
  std::optional<std::string> known = {};
};

// A name for each wish. The known ones stay. Namesakes get the components by which they differ:
// "papi" in apps/staging/papi and apps/live/papi become "papi.staging" and "papi.live".
std::vector<std::string> distinct_names(const std::vector<NameWish>& wishes);

}  // namespace engine
