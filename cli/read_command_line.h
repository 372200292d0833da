// Reads what the person typed (specification, section 9). Looks at nothing but the arguments.
#pragma once

#include <string>
#include <variant>

#include "cli/command_line.h"

namespace cli {

// Nothing is to be run: help or the version was asked for, or the usage is wrong.
struct NothingToRun {
  int exit_code = 0;  // 0, or 2 for wrong usage
  std::string out;    // for stdout; of wrong usage with --json, the refusal's object
  std::string err;    // for stderr
};

std::variant<CommandLine, NothingToRun> read_command_line(int argc, const char* const* argv);

}  // namespace cli
