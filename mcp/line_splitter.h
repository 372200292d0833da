// Cuts a stream of bytes into lines, and bounds their length. Only "\n" ends a line: U+2028 is
// legal inside a JSON string.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace mcp {

// Not thread-safe.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string)>;
  using OnOverlong = std::function<void()>;

  // `on_line` gets each line without its end; `on_overlong` is called once for each line of more
  // than `most` bytes, which is discarded.
  LineSplitter(std::size_t most, OnLine on_line, OnOverlong on_overlong);

  void feed(std::string_view bytes);
  // The stream has ended; a last line without an end counts.
  void finish();

 private:
  void append(std::string_view part);
  void end_line();

  std::size_t most_;
  OnLine on_line_;
  OnOverlong on_overlong_;
  std::string line_;
  bool overlong_ = false;  // discarding up to the end of the line
};

}  // namespace mcp
