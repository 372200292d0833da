#include "engine/base/make_directories.h"

#include <cerrno>

#include <sys/stat.h>

#include "engine/base/file_error.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kOwnerOnly = 0700;

bool is_directory_there(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// 0 or the error's number. Another process may make it at the same time.
int make_one(const fs::path& path, mode_t mode) {
  if (is_directory_there(path)) {
    return 0;
  }
  if (::mkdir(path.c_str(), mode & kOwnerOnly) != 0) {
    const int error = errno;
    return is_directory_there(path) ? 0 : error;
  }
  return ::chmod(path.c_str(), mode) == 0 ? 0 : errno;
}

}  // namespace

Result<void> make_directories(const fs::path& directory, mode_t mode) {
  fs::path made;
  for (const fs::path& part : directory) {
    made /= part;
    if (const int error = make_one(made, mode); error != 0) {
      return Failure(file_error("create the directory", directory, error));
    }
  }
  return {};
}

}  // namespace engine
