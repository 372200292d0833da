// Whether the sharing of a connection was in a git command's way, read from how that ended and what
// ssh wrote (OpenSSH's wordings). Pure functions, for any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/process/runner.h"

namespace engine {

// ssh could not make its socket in `directory`, which ends it.
bool says_sharing_failed(std::string_view err, const std::filesystem::path& directory);

// The command failed for want of a connection, or of its end: the kept one may have been dead.
bool is_failure_of_connection(const ProcessResult& result);

// Without the lines in which ssh says what it does about a kept connection.
std::string without_words_of_sharing(std::string_view err, const std::filesystem::path& directory);

}  // namespace engine
