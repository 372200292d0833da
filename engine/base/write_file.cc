#include "engine/base/write_file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include <sys/stat.h>

#include "engine/base/file_error.h"
#include "engine/base/make_directories.h"
#include "engine/base/unique_fd.h"
#include "engine/base/write_all.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kTemporaryMode = 0600;
constexpr mode_t kNewFile = 0644;
constexpr mode_t kNewDirectory = 0777;
constexpr mode_t kModeBits = 07777;

// False if there is nothing of that name.
bool read_status(const fs::path& file, struct stat& status) {
  return ::lstat(file.c_str(), &status) == 0;
}

// Writes the new file in full and to the disk; 0 or the error's number. Its mode does not depend on
// the umask.
int write_new(const fs::path& file, std::string_view bytes, mode_t mode) {
  ::unlink(file.c_str());  // what a process that died may have left
  const UniqueFd fd(
      ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kTemporaryMode));
  if (!fd || ::fchmod(fd.get(), mode) != 0) {
    return errno;
  }
  if (const int error = write_all(fd.get(), bytes); error != 0) {
    return error;
  }
  return ::fsync(fd.get()) == 0 ? 0 : errno;
}

// Makes the new name last; a file system that cannot is no reason to fail.
void sync_directory(const fs::path& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECTORY));
  if (fd) {
    ::fsync(fd.get());
  }
}

}  // namespace

Result<void> refuse_special_file(const fs::path& file) {
  struct stat status {};
  if (!read_status(file, status) || S_ISREG(status.st_mode)) {
    return {};
  }
  return fail(Code::bad_config,
              sanitize_line(file.string()) + (S_ISLNK(status.st_mode)
                                                  ? " is a symbolic link, and is not written."
                                                  : " is not a regular file, and is not written."),
              "Remove it (what a link points to stays as it is), then try again.");
}

Result<void> write_file(const fs::path& file, std::string_view bytes, mode_t creation_mask) {
  RETURN_IF_FAILED(refuse_special_file(file));
  if (auto made = make_directories(file.parent_path(), kNewDirectory & ~creation_mask); !made) {
    return made;
  }
  struct stat old {};
  const mode_t mode = read_status(file, old) ? old.st_mode & kModeBits : kNewFile & ~creation_mask;
  const fs::path fresh = file.parent_path() / ("." + file.filename().string() + ".new");
  int failed = write_new(fresh, bytes, mode);
  if (failed == 0 && ::rename(fresh.c_str(), file.c_str()) != 0) {
    failed = errno;
  }
  if (failed != 0) {
    ::unlink(fresh.c_str());
    return Failure(file_error("write", file, failed));
  }
  sync_directory(file.parent_path());
  return {};
}

}  // namespace engine
