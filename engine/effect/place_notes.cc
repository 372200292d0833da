#include "engine/effect/place_notes.h"

#include <algorithm>
#include <string_view>

#include "engine/text/text.h"

namespace engine {
namespace {

// The line as it is in the file, without its end.
std::string_view line_of(std::string_view bytes, std::size_t number) {
  for (; number > 1 && !bytes.empty(); --number) {
    bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  }
  return bytes.substr(0, bytes.find('\n'));
}

// Whether the line has a marker by which Flux's image automation writes a tag: a comment that
// begins with a JSON object. One that ends in ":name" is for an image's name alone.
bool has_policy_marker(std::string_view line) {
  const auto key = line.find("\"$imagepolicy\"");
  const auto comment = line.rfind('#', key);
  if (key == std::string_view::npos || comment == std::string_view::npos) {
    return false;
  }
  const std::string_view before = line.substr(comment + 1, key - comment - 1);
  return before.find('{') != std::string_view::npos &&
         before.find_first_not_of(" \t{") == std::string_view::npos &&
         line.find(":name\"", key) == std::string_view::npos;
}

}  // namespace

std::vector<std::string> place_notes(const std::string& file, const ManifestEdit& edit) {
  std::vector<std::string> notes;
  for (const std::size_t line : edit.lines) {
    const std::string_view text = line_of(edit.bytes, line);
    if (has_policy_marker(text)) {
      notes.push_back(file + ":" + std::to_string(line) +
                      " has an $imagepolicy marker: Flux image automation, if it runs, will "
                      "write its own tag there again.");
      break;
    }
  }
  const std::string_view previous =
      edit.previous_tag ? std::string_view(*edit.previous_tag) : std::string_view();
  if (edit.changed && previous.find("${") != std::string_view::npos && !edit.lines.empty()) {
    notes.push_back("The tag was " + sanitize_line(previous, 200) + " (" + file + ":" +
                    std::to_string(edit.lines.front()) +
                    "), which has the form of a variable for Flux to fill in (postBuild); it no "
                    "longer decides the tag.");
  }
  return notes;
}

}  // namespace engine
