// Who made a commit, and when; for messages.
#pragma once

#include <cstdint>
#include <string>

namespace engine {

// The author of a commit and when it was made.
struct Authorship {
  std::string author;
  std::int64_t time = 0;  // seconds since 1970
};

}  // namespace engine
