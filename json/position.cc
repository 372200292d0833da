#include "json/position.h"

#include <string>

#include "json/parse.h"

namespace json {
namespace {

// Walks valid JSON text without building anything.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::size_t offset() const { return at_; }
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  void next() { ++at_; }
  void move_to(std::size_t offset) { at_ = offset; }

  void skip_space() {
    while (!done() && std::string_view(" \t\r\n,:").find(peek()) != std::string_view::npos) {
      next();
    }
  }

  // Skips a string and returns it as written, quotes included.
  std::string_view string() {
    const std::size_t start = at_++;
    while (!done() && peek() != '"') {
      at_ += peek() == '\\' ? 2 : 1;
    }
    next();
    return text_.substr(start, at_ - start);
  }

  void value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        string();
      } else if (c == '{' || c == '[') {
        ++depth;
        next();
      } else if (c == '}' || c == ']') {
        --depth;
        next();
      } else {
        while (!done() &&
               std::string_view(" \t\r\n,:{}[]\"").find(peek()) == std::string_view::npos) {
          next();
        }
      }
      if (depth > 0) {
        skip_space();
      }
    } while (depth > 0 && !done());
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unescaped(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '~' && i + 1 < token.size()) {
      out += token[++i] == '1' ? '/' : '~';
    } else {
      out += token[i];
    }
  }
  return out;
}

// Moves from the start of a container to the start of the member or element that `token` names.
bool step_into(Scanner& scanner, const std::string& token) {
  const bool object = scanner.peek() == '{';
  if (!object && scanner.peek() != '[') {
    return false;
  }
  scanner.next();
  std::size_t found = 0;
  for (std::size_t index = 0;; ++index) {
    scanner.skip_space();
    if (scanner.done() || scanner.peek() == '}' || scanner.peek() == ']') {
      break;
    }
    bool match = !object && std::to_string(index) == token;
    if (object) {
      const auto key = parse(scanner.string());
      match = key && *key == token;
      scanner.skip_space();
    }
    if (match) {
      found = scanner.offset();
    }
    scanner.value();
  }
  if (found > 0) {
    scanner.move_to(found);
  }
  return found > 0;
}

}  // namespace

Position position_of(std::string_view text, std::size_t offset) {
  Position position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

Position position_of(std::string_view text, std::string_view pointer) {
  Scanner scanner(text);
  if (text.starts_with("\xEF\xBB\xBF")) {
    scanner.move_to(3);
  }
  scanner.skip_space();
  std::size_t reached = scanner.offset();
  while (pointer.starts_with('/')) {
    const auto end = pointer.find('/', 1);
    const std::string token =
        unescaped(pointer.substr(1, end == std::string_view::npos ? end : end - 1));
    pointer = end == std::string_view::npos ? std::string_view() : pointer.substr(end);
    if (!step_into(scanner, token)) {
      break;
    }
    reached = scanner.offset();
  }
  return position_of(text, reached);
}

}  // namespace json
