// Paths inside a repository, as catalogs and people give them.
#pragma once

#include <string_view>

#include "engine/result.h"

namespace engine {

// Refuses with `bad_path` unless `path` is relative and stays inside the repository: no empty, `.`
// or `..` component, no
// `.git`, no control character, no leading `-`, no backslash. `source` names where it came from,
// for the message.
Result<void> check_repository_path(std::string_view path, std::string_view source);

}  // namespace engine
