#include "mcp/line_splitter.h"

#include <utility>

namespace mcp {

LineSplitter::LineSplitter(std::size_t most, OnLine on_line, OnOverlong on_overlong)
    : most_(most), on_line_(std::move(on_line)), on_overlong_(std::move(on_overlong)) {}

void LineSplitter::feed(std::string_view bytes) {
  while (true) {
    const auto end = bytes.find('\n');
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) {
      return;
    }
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish() {
  if (!line_.empty() || overlong_) {
    end_line();
  }
}

void LineSplitter::append(std::string_view part) {
  if (overlong_ || line_.size() + part.size() > most_) {
    overlong_ = true;
    line_ = {};
    return;
  }
  line_ += part;
}

void LineSplitter::end_line() {
  if (std::exchange(overlong_, false)) {
    on_overlong_();
  } else {
    on_line_(std::exchange(line_, {}));
  }
}

}  // namespace mcp
