// A failed operation on a file, as an error of CONTRACT section 7. For any thread.
#pragma once

#include <filesystem>
#include <string_view>
#include <system_error>

#include "engine/error.h"

namespace engine {

// `doing` is a phrase such as "create"; `disk_full` for a full disk or quota, else `internal`.
Error file_error(std::string_view doing, const std::filesystem::path& file,
                 const std::error_code& error);
Error file_error(std::string_view doing, const std::filesystem::path& file, int error_number);

}  // namespace engine
