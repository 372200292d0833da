#include "engine/base/read_file.h"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

#include "engine/base/file_below.h"
#include "engine/base/unique_fd.h"
#include "engine/text/text.h"

namespace engine {
namespace {

Failure unreadable(const std::filesystem::path& file, const std::string& reason) {
  return fail(Code::bad_config, "Cannot read " + sanitize_line(file.string()) + ": " + reason + ".",
              "Check the file and its permissions.");
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::filesystem::path& file, std::size_t most) {
  // Without waiting for the other end of a pipe.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd && (errno == ENOENT || errno == ENOTDIR)) {
    return std::nullopt;
  }
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return unreadable(file, std::generic_category().message(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return unreadable(file, "it is not a regular file");
  }
  if (static_cast<std::size_t>(status.st_size) > most) {
    return unreadable(file, "it is larger than " + std::to_string(most) + " bytes");
  }
  auto bytes = read_all(fd.get(), most);
  if (!bytes) {
    return unreadable(file, bytes.error().reason);
  }
  return std::optional(std::move(*bytes));
}

}  // namespace engine
