// Text for a terminal of a known width: lines that are too long are broken between words. Pure
// functions, for any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

// Breaks lines that have more characters than `columns`; each character is taken to be one column
// wide. What follows a break is indented to the last column of a line that has columns, or else to
// where its text begins. Words, what is between two backticks, diffs, and commands to copy stay
// whole. If `columns` are too few, such as 0, nothing is broken.
class LineBreaker {
 public:
  explicit LineBreaker(std::size_t columns) : columns_(columns) {}
  // The next line of a text, without its end.
  std::string broken(std::string_view line);

 private:
  std::size_t columns_;
  bool in_diff_ = false;
};

// The same for all lines of a text.
std::string wrapped(std::string_view text, std::size_t columns);

}  // namespace cli
