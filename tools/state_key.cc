#include "tools/state_key.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <system_error>
#include <unistd.h>

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "engine/unique_fd.h"

namespace tools {
namespace {

namespace fs = std::filesystem;
using engine::UniqueFd;

constexpr std::size_t kKeyBytes = 32;
constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kOthers = 0077;

// `problem` is the errno of what failed, taken before anything else was called.
[[noreturn]] void fail(int problem, const std::string& what) {
  throw std::system_error(problem, std::generic_category(), what);
}

std::optional<fs::path> state_directory(const engine::Environment& environment) {
  const fs::path given = environment.get("XDG_STATE_HOME").value_or("");
  if (given.is_absolute()) {
    return given;
  }
  const fs::path home = environment.get("HOME").value_or("");
  return home.is_absolute() ? std::optional(home / ".local/state") : std::nullopt;
}

// Every directory on the way that is missing, for the owner only.
void make_directories(const fs::path& directory) {
  fs::path made;
  for (const fs::path& part : directory) {
    made /= part;
    const int problem = ::mkdir(made.c_str(), kOwnerOnly) == 0 ? 0 : errno;
    std::error_code unknown;
    if (problem != 0 && problem != EEXIST && !fs::is_directory(made, unknown)) {
      fail(problem, "make " + made.string());
    }
  }
}

bool is_private(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & kOthers) == 0;
}

UniqueFd open_directory(const fs::path& directory) {
  make_directories(directory);
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    const int problem = errno;
    fail(problem, "open " + directory.string());
  }
  if (!is_private(status) && ::fchmod(fd.get(), kOwnerOnly) != 0) {
    const int problem = errno;
    fail(problem, "make private " + directory.string());
  }
  return fd;
}

// Nothing if there is no key that only we can have written and read.
std::optional<std::string> read_key(const fs::path& file) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_private(status)) {
    return std::nullopt;
  }
  std::array<char, kKeyBytes + 1> bytes{};
  if (::read(fd.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(kKeyBytes)) {
    return std::nullopt;
  }
  return std::string(bytes.data(), kKeyBytes);
}

// 0 or the errno.
int write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return 0;
}

// Whoever reads `file` finds the old one or the whole new one.
std::string make_key(const fs::path& file) {
  std::string key(kKeyBytes, '\0');
  if (::getentropy(key.data(), key.size()) != 0) {
    const int problem = errno;
    fail(problem, "get random bytes");
  }
  std::string temporary = file.string() + ".XXXXXX";
  const UniqueFd fd(::mkstemp(temporary.data()));  // of mode 0600
  if (!fd) {
    const int problem = errno;
    fail(problem, "make " + temporary);
  }
  int problem = write_all(fd.get(), key);
  if (problem == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) {
    problem = errno;
  }
  if (problem != 0) {
    ::unlink(temporary.c_str());
    fail(problem, "write " + file.string());
  }
  return key;
}

// One process at a time makes a key; the others then read it.
std::string make_or_read_key(const fs::path& directory, const fs::path& file) {
  const UniqueFd lock = open_directory(directory);
  while (::flock(lock.get(), LOCK_EX) != 0) {
    const int problem = errno;
    if (problem != EINTR) {
      fail(problem, "lock " + directory.string());
    }
  }
  const std::optional<std::string> key = read_key(file);
  return key ? *key : make_key(file);
}

}  // namespace

std::string state_key(const engine::Environment& environment,
                      const std::function<void(std::string_view)>& warn) {
  std::string problem = "neither XDG_STATE_HOME nor HOME names a directory";
  try {
    if (const std::optional<fs::path> state = state_directory(environment)) {
      const fs::path directory = *state / "rollout-mcp";
      const fs::path file = directory / "request-state.key";
      const std::optional<std::string> key = read_key(file);
      return key ? *key : make_or_read_key(directory, file);
    }
  } catch (const std::system_error& error) {
    problem = error.what();
  }
  warn(
      "a question to the user cannot be answered after a restart of the server, because its key "
      "cannot be kept: " +
      problem);
  return {};
}

}  // namespace tools
