// Text for a terminal of so many columns: lines that are longer are broken between words. Pure
// functions, for any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

// Breaks lines that have more characters than `columns`; each character is taken to be one column
// wide. What follows a break is indented to the last column of a line that has columns, or else to
// where its text begins. Words, what is between two backticks, diffs, and commands to copy stay
// whole; everything does if `columns` are too few, such as none.
class LineBreaker {
 public:
  explicit LineBreaker(std::size_t columns) : columns_(columns) {}
  // The next line of a text, without its end.
  std::string broken(std::string_view line);

 private:
  std::size_t columns_;
  bool in_diff_ = false;
};

// The same of all lines of a text.
std::string wrapped(std::string_view text, std::size_t columns);

}  // namespace cli
