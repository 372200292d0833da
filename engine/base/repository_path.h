// Paths inside a repository, as catalogs and people give them.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

// A file's path as git spells it: "./a//b" is "a/b". Refused with `bad_path` unless `path` is
// relative and stays inside the repository: no `..` or `.git` component, no control character, no
// leading `-`, no backslash, and a name at its end. `source` names where it came from, for the
// message.
Result<std::string> repository_path(std::string_view path, std::string_view source);

// The same of a directory, which may end in slashes; the root ("." or "./") is "".
Result<std::string> repository_directory(std::string_view path, std::string_view source);

// The directory of a file or of a directory: all before the last slash; "" for what is in the root.
std::string directory_of(std::string_view path);

// What follows the last slash.
std::string_view file_name(std::string_view path);

}  // namespace engine
