#include "engine/yaml/limits.h"

#include <algorithm>
#include <array>

#include "engine/yaml/text.h"

namespace engine {
namespace {

// What ends a line to libyaml; "\r\n" by its second byte.
constexpr std::array<std::string_view, 5> kLineEnds = {"\n", "\r", "\xC2\x85", "\xE2\x80\xA8",
                                                       "\xE2\x80\xA9"};

bool begins_line(std::string_view bytes, std::size_t offset) {
  const std::string_view before = bytes.substr(0, offset);
  return before.empty() || before == kByteOrderMark ||
         std::ranges::any_of(kLineEnds, [&](auto end) { return before.ends_with(end); });
}

// Whether lines have nothing but comments and white space. The first is the rest of one.
bool are_blank(std::string_view lines) {
  for (std::size_t at = lines.find('\n'); at != std::string_view::npos; at = lines.find('\n', at)) {
    at = skip_blanks(lines, at + 1);
    if (at < lines.size() && !is_break(lines[at]) && lines[at] != '#') {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<std::size_t> find_excess_directive(std::string_view bytes) {
  std::size_t count = 0;
  std::size_t last = 0;
  for (std::size_t at = bytes.find('%'); at != std::string_view::npos;
       at = bytes.find('%', at + 1)) {
    if (!begins_line(bytes, at)) {
      continue;
    }
    count = are_blank(bytes.substr(last, at - last)) ? count + 1 : 1;
    last = at;
    if (count > kMaxYamlDirectives) {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace engine
