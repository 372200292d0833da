#include "engine/base/write_below.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <random>
#include <string>
#include <utility>

#include <sys/file.h>
#include <sys/stat.h>

#include "engine/base/write_all.h"

namespace engine {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr mode_t kPermissions = 07777;

using Refusal = tl::unexpected<FileFault>;

// The mode that the file is to have.
FileResult<mode_t> mode_for(int directory, std::string_view name, mode_t mode) {
  const auto status = status_below(directory, name);
  if (!status) {
    return status.error().kind == FileFault::Kind::missing ? FileResult<mode_t>(mode)
                                                           : Refusal(status.error());
  }
  if (S_ISREG(status->st_mode)) {
    return status->st_mode & kPermissions;
  }
  if (S_ISLNK(status->st_mode)) {
    return Refusal(FileFault{FileFault::Kind::link, "it is a symbolic link"});
  }
  return S_ISDIR(status->st_mode)
             ? Refusal(FileFault{FileFault::Kind::directory, "it is a directory"})
             : Refusal(FileFault{FileFault::Kind::other, "it is not a regular file"});
}

// So that nobody else's new file has the same name.
std::string random_word() {
  std::random_device random;
  return std::to_string(random()) + std::to_string(random());
}

// Writes the new file in full and to the disk; 0 or the error's number.
int write_new(int directory, const std::string& name, std::string_view bytes, mode_t mode) {
  const UniqueFd fd(::openat(directory, name.c_str(),
                             O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwnerOnly));
  if (!fd || ::fchmod(fd.get(), mode) != 0) {
    return errno;
  }
  if (const int error = write_all(fd.get(), bytes); error != 0) {
    return error;
  }
  return ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

FileResult<UniqueFd> make_directory_below(int directory, std::string_view name, mode_t mode) {
  const std::string path(name);
  if (::mkdirat(directory, path.c_str(), mode) == 0) {
    if (::fchmodat(directory, path.c_str(), mode, 0) != 0) {
      return Refusal(fault_of(errno));
    }
  } else if (errno != EEXIST) {
    return Refusal(fault_of(errno));
  }
  return open_directory_below(directory, name);
}

// What open_directory() opens is not enough: Linux locks no O_PATH descriptor.
UniqueFd lock_directory(const std::filesystem::path& directory) {
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (fd && ::flock(fd.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
  return fd;
}

FileResult<void> write_below(int directory, std::string_view name, std::string_view bytes,
                             mode_t mode) {
  const auto wanted = mode_for(directory, name, mode);
  if (!wanted) {
    return Refusal(wanted.error());
  }
  const std::string file(name);
  const std::string fresh = "." + file + "." + random_word() + ".new";
  int failed = write_new(directory, fresh, bytes, *wanted);
  if (failed == 0 && ::renameat(directory, fresh.c_str(), directory, file.c_str()) != 0) {
    failed = errno;
  }
  if (failed != 0) {
    ::unlinkat(directory, fresh.c_str(), 0);
    return Refusal(fault_of(failed));
  }
  return {};
}

}  // namespace engine
