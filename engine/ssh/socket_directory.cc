#include "engine/ssh/socket_directory.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

#include "engine/base/environment_directories.h"
#include "engine/base/owner.h"
#include "engine/base/unique_fd.h"
#include "engine/base/write_all.h"
#include "engine/ssh/sharing_terms.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "rollout-";
constexpr std::string_view kRandom = "XXXXXX";
constexpr const char* kLock = "lock";
constexpr mode_t kOthers = 077;

// A socket's path, with what ssh appends to it while it binds, and a null character, must fit into
// a struct sockaddr_un, whose room is the least on macOS.
constexpr std::size_t kRoom = 104;
constexpr std::size_t kAppendedBySsh = 17;
constexpr std::size_t kMaxSocketName = 2 + 40;  // two digits and ssh's own name of a connection

bool fits(const fs::path& base) {
  const std::size_t directory = base.string().size() + 1 + kPrefix.size() + kRandom.size();
  return directory + 1 + kMaxSocketName + kAppendedBySsh + 1 <= kRoom;
}

// Without what means something to a shell, to ssh or in its configuration.
bool is_plain(const fs::path& base) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._+@,-";
  return base.is_absolute() && base.string().find_first_not_of(kPlain) == std::string::npos;
}

bool is_the_users_alone(const struct stat& status) {
  return S_ISDIR(status.st_mode) && is_ours(status) && (status.st_mode & kOthers) == 0;
}

// Whether no other user but root can put another directory in the place of one that is made there.
bool is_safe(const fs::path& base) {
  struct stat status {};
  if (::stat(base.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return false;
  }
  const bool trusted = is_ours(status) || status.st_uid == 0;
  return trusted && (!group_or_others_can_write(status) || (status.st_mode & S_ISVTX) != 0);
}

std::vector<fs::path> bases(const Environment& environment) {
  std::vector<fs::path> found;
  const std::array<fs::path, 3> candidates = {environment.get("XDG_RUNTIME_DIR").value_or(""),
                                              temporary_directory(environment), "/tmp"};
  for (const fs::path& base : candidates) {
    if (is_plain(base) && fits(base) && is_safe(base)) {
      found.push_back(base);
    }
  }
  return found;
}

std::optional<FileLock> lock_now(const fs::path& file, Clock& clock) {
  auto lock = FileLock::acquire(file, {.waiting = ""}, std::chrono::milliseconds(0), clock, {});
  return lock ? std::optional(std::move(*lock)) : std::nullopt;
}

bool is_locked_file(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && is_ours(status);
}

bool has_our_name(const fs::path& directory) {
  const std::string name = directory.filename().string();
  return name.starts_with(kPrefix) && name.size() == kPrefix.size() + kRandom.size();
}

// Not write_file(): a push would wait for the disk, and after a crash nobody needs it.
bool write_new(const fs::path& file, std::string_view bytes) {
  constexpr mode_t kMode = 0600;
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
  return fd && write_all(fd.get(), bytes) == 0;
}

}  // namespace

SocketDirectory::SocketDirectory(fs::path path, FileLock lock)
    : path_(std::move(path)), lock_(std::move(lock)) {
  struct stat status {};
  if (::lstat(path_.c_str(), &status) == 0) {
    device_ = status.st_dev;
    inode_ = status.st_ino;
  }
}

std::optional<SocketDirectory> SocketDirectory::make(const Environment& environment, Clock& clock) {
  for (const fs::path& base : bases(environment)) {
    if (auto made = make_in(base, clock)) {
      return made;
    }
  }
  return std::nullopt;
}

// The lock has its name only when it is held: a directory without it is being made.
std::optional<SocketDirectory> SocketDirectory::make_in(const fs::path& base, Clock& clock) {
  std::string name = (base / (std::string(kPrefix) + std::string(kRandom))).string();
  if (::mkdtemp(name.data()) == nullptr) {
    return std::nullopt;
  }
  const fs::path directory(name);
  const fs::path unnamed = directory / "lock.new";
  std::error_code error;
  auto lock = lock_now(unnamed, clock);
  if (!lock) {
    fs::remove_all(directory, error);
    return std::nullopt;
  }
  SocketDirectory made(directory, std::move(*lock));
  fs::rename(unnamed, directory / kLock, error);
  if (error || !write_new(made.question(), sharing_question(directory))) {
    made.remove();
    return std::nullopt;
  }
  return made;
}

std::vector<SocketDirectory> SocketDirectory::find_abandoned(const Environment& environment,
                                                             Clock& clock) {
  std::vector<SocketDirectory> found;
  for (const fs::path& base : bases(environment)) {
    std::error_code error;
    for (fs::directory_iterator entry(base, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
      struct stat status {};
      const fs::path& path = entry->path();
      if (!has_our_name(path) || ::lstat(path.c_str(), &status) != 0 ||
          !is_the_users_alone(status) || !is_locked_file(path / kLock)) {
        continue;
      }
      if (auto lock = lock_now(path / kLock, clock)) {
        found.push_back(SocketDirectory(path, std::move(*lock)));
      }
    }
  }
  return found;
}

bool SocketDirectory::is_in_place() const {
  struct stat status {};
  return ::lstat(path_.c_str(), &status) == 0 && is_the_users_alone(status) &&
         status.st_dev == device_ && status.st_ino == inode_;
}

std::vector<fs::path> SocketDirectory::sockets() const {
  std::vector<fs::path> found;
  if (!is_in_place()) {
    return found;
  }
  std::error_code error;
  for (fs::directory_iterator entry(path_, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (is_our_socket(entry->path())) {
      found.push_back(entry->path());
    }
  }
  return found;
}

// A master that ends removes its socket at the same time, which remove_all() takes for a failure.
void SocketDirectory::remove() noexcept {
  constexpr int kMaxTries = 100;
  try {
    for (int tries = 0; tries < kMaxTries && is_in_place(); ++tries) {
      std::error_code error;
      fs::remove_all(path_, error);
    }
  } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): the next process removes it
  }
}

bool is_our_socket(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode) && is_ours(status);
}

bool is_taken(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

}  // namespace engine
