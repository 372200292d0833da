#include "engine/git/squashed_message.h"

#include <algorithm>
#include <cstddef>

#include "engine/text/ascii.h"

namespace engine {
namespace {

std::string_view trimmed(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r");
  return begin == std::string_view::npos
             ? std::string_view()
             : line.substr(begin, line.find_last_not_of(" \t\r") - begin + 1);
}

// Without " (#12)" at its end.
std::string_view without_number(std::string_view subject) {
  const auto begin = subject.rfind(" (");
  if (begin == std::string_view::npos || !subject.ends_with(')')) {
    return subject;
  }
  const std::string_view number = subject.substr(begin + 2, subject.size() - begin - 3);
  const bool is_number = number.size() > 1 && (number[0] == '#' || number[0] == '!') &&
                         std::ranges::all_of(number.substr(1), is_digit);
  return is_number ? subject.substr(0, begin) : subject;
}

// An entry of a list, as "* message".
std::string_view entry_of(std::string_view line) {
  line = trimmed(line);
  return line.starts_with("* ") || line.starts_with("- ") ? trimmed(line.substr(2)) : line;
}

}  // namespace

bool is_commit_of(std::string_view subject, std::string_view body, std::string_view message) {
  if (subject == message || without_number(subject) == message) {
    return true;
  }
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    if (without_number(entry_of(body.substr(0, end))) == message) {
      return true;
    }
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return false;
}

}  // namespace engine
