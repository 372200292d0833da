// What can stand at the cursor of a command line that is being typed, for the completion scripts in
// cli/completion/. Knows the commands and options from the parser itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/completion_candidates.h"

namespace cli {

// `words` is what follows the program's name, up to the word at the cursor, which may be empty.
// Never fails: for a line that makes no sense there is nothing to complete.
ShellCompletion complete(const std::vector<std::string>& words);

// The lines for the script: `text`, or `text<tab>description`; or one line, ":files" or
// ":directories". `names` stand in for Kind::services, Kind::former_tags and Kind::rwenvs.
std::string completion_lines(const ShellCompletion& completion,
                             const std::vector<std::string>& names);

// The script for "bash", "zsh" or "fish"; empty for another shell.
std::string_view completion_script(std::string_view shell);

}  // namespace cli
