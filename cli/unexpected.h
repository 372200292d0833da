// The command line's last resort: an exception that nothing has caught becomes a refusal as any
// other, and with --json an object on stdout.
#pragma once

#include <exception>
#include <string_view>

#include "engine/base/error.h"

namespace cli {

// Whether --json is among the arguments; for where the command line has not been read, or cannot
// be.
bool wants_json(int argc, const char* const* argv);

// `internal`, with what the exception says; that memory or threads ran out is said in words.
engine::Error unexpected(const std::exception& error);

// Prints the refusal, on stderr and (`json`) on stdout; returns the exit status. Does so too when
// no memory is left.
int refuse_unexpected(const std::exception& error, bool json) noexcept;

}  // namespace cli
