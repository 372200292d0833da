#include "json/pointer.h"

namespace json {

std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> parts_of(std::string_view pointer) {
  std::vector<std::string> parts;
  char last = '\0';
  for (const char c : pointer) {
    if (c == '/') {
      parts.emplace_back();
    } else if (last == '~' && !parts.empty()) {
      parts.back().back() = c == '1' ? '/' : '~';
    } else if (!parts.empty()) {
      parts.back() += c;
    }
    last = last == '~' ? '\0' : c;
  }
  return parts;
}

}  // namespace json
