// Who made a commit, and when, and which one gave a place in a file its value; for messages.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/image_tag.h"

namespace engine {

// The author of a commit, fit to be shown, and when the commit was made.
struct Authorship {
  std::string author;
  std::int64_t time = 0;   // the committer's, in seconds since 1970
  std::string email = {};  // the author's, as it is: to compare, and not to show
};

// The commit that gave a place in a file its value.
struct ValueOrigin {
  CommitId commit;
  Authorship by;
};

// What a place in a file has as its value, read in the bytes of the file; nothing for none.
using ReadValue = std::function<std::optional<std::string>(std::string_view bytes)>;

}  // namespace engine
