// Where a program is that is called by its name alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace engine {

// The program's file, looked for in the absolute directories of `path`, a PATH: a program must not
// come from the directory that happens to be current. Nothing if there is none that may be run.
std::optional<std::filesystem::path> find_program(std::string_view program, std::string_view path);

// The PATH of a process that has none.
inline constexpr const char* kDefaultPath = "/usr/bin:/bin";

}  // namespace engine
