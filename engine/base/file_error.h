// A failed operation on a file, as an error (specification, section 7). For any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

#include "engine/base/error.h"

namespace engine {

// Whether a program's or a library's words say that a disk, a quota or the largest size of a file
// is reached.
bool says_disk_is_full(std::string_view words);

// Whether so little is left where `directory` is, or would be, that nothing can be written there:
// for what fails without saying why. A quota is not seen.
bool has_no_space(const std::filesystem::path& directory);

// `doing` is a phrase such as "create"; `disk_full` for a full disk, a quota or the largest size of
// a file, else `internal`.
Error file_error(std::string_view doing, const std::filesystem::path& file,
                 const std::error_code& error);
Error file_error(std::string_view doing, const std::filesystem::path& file, int error_number);

// The same of what libgit2 could not do, `doing` with its object, for `reason`: its words. `hint`
// says what to do where there is room.
Error git_library_error(const std::string& doing, const std::string& reason, std::string hint);

}  // namespace engine
