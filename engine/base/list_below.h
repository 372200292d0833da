// Lists directories whose content another person wrote. No symbolic link is followed, and no more
// is read than was asked for. For any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/file_below.h"

namespace engine {

struct DirectoryNames {
  std::vector<std::string> names;  // in order
  bool is_all = true;              // false: there are more
};

// The names in a directory below the open one, without those that begin with a dot: the first
// `most` that the system has, so that a huge directory costs no more. `kind` of a fault as of
// open_directory_below().
FileResult<DirectoryNames> list_below(int directory, std::string_view path, std::size_t most);

}  // namespace engine
