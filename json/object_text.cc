#include "json/object_text.h"

#include <algorithm>

namespace json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

// Passes over values of a text that is known to be JSON, so that it need not look what they are.
class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  bool ended() const { return at_ >= text_.size(); }
  char next() const { return ended() ? '\0' : text_[at_]; }

  void skip(std::string_view characters) {
    at_ = std::min(text_.find_first_not_of(characters, at_), text_.size());
  }

  void skip_string() {
    for (++at_; !ended() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      }
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      if (next() == '"') {
        skip_string();
      } else if (next() == '{' || next() == '[') {
        ++depth;
        ++at_;
      } else if (next() == '}' || next() == ']') {
        --depth;
        ++at_;
      } else if (depth > 0) {
        ++at_;  // what stands between values, too
      } else {
        at_ = std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size());
      }
    } while (depth > 0 && !ended());
  }

 private:
  std::string_view text_;
  std::size_t at_;
};

}  // namespace

ObjectText object_text(std::string_view text, std::size_t open) {
  ObjectText object{.open = open};
  Scanner scanner(text, open + 1);
  scanner.skip(kSpace);
  while (scanner.next() == '"') {
    MemberText member{.key = scanner.at()};
    scanner.skip_string();
    member.key_end = scanner.at();
    scanner.skip(" \t\r\n:");
    member.value = scanner.at();
    scanner.skip_value();
    member.value_end = scanner.at();
    object.members.push_back(member);
    scanner.skip(" \t\r\n,");
  }
  object.close = scanner.at();
  return object;
}

}  // namespace json
