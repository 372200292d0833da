#include "engine/process/path_lookup.h"

#include <unistd.h>

#include <sys/stat.h>

namespace engine {
namespace {

bool is_executable_file(const std::filesystem::path& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::filesystem::path> find_program(std::string_view program, std::string_view path) {
  while (!path.empty()) {
    const auto colon = path.find(':');
    const std::string_view directory = path.substr(0, colon);
    path.remove_prefix(colon == std::string_view::npos ? path.size() : colon + 1);
    if (!directory.starts_with('/')) {
      continue;
    }
    std::filesystem::path file = std::filesystem::path(directory) / program;
    if (is_executable_file(file)) {
      return file;
    }
  }
  return std::nullopt;
}

}  // namespace engine
