// The parser of the command line: its commands and options, for what reads a command line and for
// what completes one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"

namespace cli {

// What stands for a value in the help, and tells what can be completed.
inline constexpr const char* kFileType = "FILE";
inline constexpr const char* kDirectoryType = "DIR";
inline constexpr const char* kLevelType = "LEVEL";
inline constexpr const char* kFluxTypeType = "TYPE";
inline constexpr const char* kServiceOperand = "service";
inline constexpr const char* kRwenvOperand = "name";
inline constexpr const char* kShellOperand = "shell";

inline constexpr std::array<const char*, 6> kLogLevels = {"trace",   "debug", "info",
                                                          "warning", "error", "off"};
inline constexpr std::array<const char*, 2> kFluxTypes = {"github", "gitea"};
inline constexpr std::array<const char*, 3> kShells = {"bash", "zsh", "fish"};

// Options whose types CLI11 does not know, as text until parsing is done.
struct OptionTexts {
  std::string tag;
  std::int64_t pr_number = 0;
};

// A parser that writes to `line` and `texts`, which must outlive it.
std::unique_ptr<CLI::App> make_parser(CommandLine& line, OptionTexts& texts);

}  // namespace cli
