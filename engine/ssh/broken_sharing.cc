#include "engine/ssh/broken_sharing.h"

#include <algorithm>
#include <array>

#include "engine/git/diagnosis.h"

namespace engine {
namespace {

// Of the client of a master, and of who would be one.
bool is_about_sharing(std::string_view line, std::string_view directory) {
  constexpr std::array<std::string_view, 3> kSharing = {"mux_client_", "muxclient: ", "muxserver_"};
  constexpr std::array<std::string_view, 3> kSocket = {"ControlSocket ", "Control socket ",
                                                       "unix_listener: "};
  const auto begins = [&](std::string_view words) { return line.starts_with(words); };
  return std::ranges::any_of(kSharing, begins) ||
         (std::ranges::any_of(kSocket, begins) && line.find(directory) != line.npos);
}

template <class Function>
void for_each_line(std::string_view text, const Function& function) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    function(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

bool says_sharing_failed(std::string_view err, const std::filesystem::path& directory) {
  const std::string path = directory.string();
  bool found = false;
  for_each_line(err, [&](std::string_view line) {
    found =
        found || (line.starts_with("unix_listener: ") && line.find(path) != std::string_view::npos);
  });
  return found;
}

bool is_failure_of_connection(const ProcessResult& result) {
  if (result.kind == ProcessResult::Kind::timed_out) {
    return true;
  }
  if (result.kind != ProcessResult::Kind::exited || result.status == 0) {
    return result.kind == ProcessResult::Kind::signalled;
  }
  const auto diagnosis = diagnose(result.err);
  return diagnosis &&
         (diagnosis->cause == Cause::unreachable || diagnosis->cause == Cause::broken_off);
}

std::string without_words_of_sharing(std::string_view err, const std::filesystem::path& directory) {
  const std::string path = directory.string();
  std::string kept;
  for_each_line(err, [&](std::string_view line) {
    if (!is_about_sharing(line, path)) {
      kept += line;
    }
  });
  return kept;
}

}  // namespace engine
