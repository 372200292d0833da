// Rows of text with columns that are as wide as they have to be.
#pragma once

#include <string>
#include <vector>

namespace tools {

// A line for each row, without white space at its end. All rows have the same number of cells.
// Characters are counted and not bytes; each is taken to be one column wide. Pure, for any thread.
std::vector<std::string> table_lines(const std::vector<std::vector<std::string>>& rows);

}  // namespace tools
