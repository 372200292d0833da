// Which rwenv a project is set to: the name in its `.claude/rwenv` (specification, section 2).
// Looks at files of the project, so it is called by way of engine/config/project.h or
// engine/config/write_rwenv_name.h, which limit how long that takes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace engine {

// A larger file does not hold a name.
inline constexpr std::size_t kMaxRwenvNameFile = 256;

// [A-Za-z0-9][A-Za-z0-9._-]*
bool is_rwenv_name(std::string_view name);

// The name in the project's `.claude/rwenv`, else in that of the root of its git work tree, else of
// main_work_tree_root(), and the directory that has the file: `no_rwenv`, `bad_config`.
struct SetRwenv {
  std::string name;
  std::filesystem::path directory;
};
Result<SetRwenv> find_set_rwenv(const std::filesystem::path& project_directory);
// Its name alone.
Result<std::string> active_rwenv_name(const std::filesystem::path& project_directory);

// One of the places where the name is looked for.
struct RwenvNamePlace {
  std::filesystem::path directory;
  Result<std::string> name;  // empty if there is no file or it is blank; `bad_config`
};

// These places in that order, up to the first with a file that is not blank.
std::vector<RwenvNamePlace> rwenv_name_places(const std::filesystem::path& project_directory);

}  // namespace engine
