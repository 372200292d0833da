#include "cli/request_state_key.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>
#include <unistd.h>

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "engine/base/unique_fd.h"
#include "engine/base/write_all.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using engine::UniqueFd;

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 20U;  // some 24,000 states
constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kOthers = 0077;

// `problem` is the errno of what failed, taken before anything else was called.
[[noreturn]] void fail(int problem, const std::string& what) {
  throw std::system_error(problem, std::generic_category(), what);
}

// Where this program keeps what lasts; nothing if the environment does not say.
std::optional<fs::path> own_directory(const engine::Environment& environment) {
  const fs::path given = environment.get("XDG_STATE_HOME").value_or("");
  if (given.is_absolute()) {
    return given / "rollout-mcp";
  }
  const fs::path home = environment.get("HOME").value_or("");
  return home.is_absolute() ? std::optional(home / ".local/state/rollout-mcp") : std::nullopt;
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

// At most `most` bytes of the file; nothing if there is none that only we can have written and
// read.
std::optional<std::string> read_private(const fs::path& file, std::size_t most) {
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_private(status)) {
    return std::nullopt;
  }
  std::string bytes(std::min(most, static_cast<std::size_t>(status.st_size)), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t count = ::read(fd.get(), bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      return std::nullopt;
    }
    have += static_cast<std::size_t>(count);
  }
  return bytes;
}

std::optional<std::string> read_key(const fs::path& file) {
  std::optional<std::string> key = read_private(file, kKeyBytes + 1);
  return key && key->size() == kKeyBytes ? key : std::nullopt;
}

// A reader of `file` finds the old one or the whole new one.
void write_private(const fs::path& file, std::string_view bytes) {
  std::string temporary = file.string() + ".XXXXXX";
  const UniqueFd fd(::mkstemp(temporary.data()));  // of mode 0600
  if (!fd) {
    const int problem = errno;
    fail(problem, "make " + temporary);
  }
  int problem = engine::write_all(fd.get(), bytes);
  if (problem == 0 && ::rename(temporary.c_str(), file.c_str()) != 0) {
    problem = errno;
  }
  if (problem != 0) {
    ::unlink(temporary.c_str());
    fail(problem, "write " + file.string());
  }
}

// One process at a time changes what is in the directory.
UniqueFd lock_directory(const fs::path& directory) {
  UniqueFd lock = open_directory(directory);
  while (::flock(lock.get(), LOCK_EX) != 0) {
    const int problem = errno;
    if (problem != EINTR) {
      fail(problem, "lock " + directory.string());
    }
  }
  return lock;
}

std::string make_or_read_key(const fs::path& directory, const fs::path& file) {
  const UniqueFd lock = lock_directory(directory);
  if (std::optional<std::string> key = read_key(file)) {
    return *key;
  }
  std::string key(kKeyBytes, '\0');
  if (::getentropy(key.data(), key.size()) != 0) {
    const int problem = errno;
    fail(problem, "get random bytes");
  }
  write_private(file, key);
  return key;
}

// The record is of lines "<expires> <id>".
bool note_as_used(const fs::path& directory, const std::string& id, std::time_t expires) {
  const UniqueFd lock = lock_directory(directory);
  const fs::path file = directory / "request-state.used";
  std::istringstream record(read_private(file, kMaxRecordBytes).value_or(""));
  const std::time_t now = std::time(nullptr);
  std::string remembered;
  std::time_t until = 0;
  for (std::string used; record >> until >> used;) {
    if (used == id) {
      return false;
    }
    if (until >= now) {
      remembered += std::to_string(until) + " " + used + "\n";
    }
  }
  remembered += std::to_string(expires) + " " + id + "\n";
  if (remembered.size() > kMaxRecordBytes) {
    return false;
  }
  write_private(file, remembered);
  return true;
}

}  // namespace

std::string request_state_key(const engine::Environment& environment,
                              const std::function<void(std::string_view)>& warn) {
  std::string problem = "neither XDG_STATE_HOME nor HOME names a directory";
  try {
    if (const std::optional<fs::path> directory = own_directory(environment)) {
      const fs::path file = *directory / "request-state.key";
      const std::optional<std::string> key = read_key(file);
      return key ? *key : make_or_read_key(*directory, file);
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

bool spend_state(const engine::Environment& environment, const std::string& id,
                 std::chrono::system_clock::time_point expires,
                 const std::function<void(std::string_view)>& warn) {
  const std::optional<fs::path> directory = own_directory(environment);
  if (!directory) {
    return true;  // nor is there a key that another process could have
  }
  try {
    return note_as_used(*directory, id, std::chrono::system_clock::to_time_t(expires));
  } catch (const std::system_error& error) {
    warn(std::string("that a question was answered is not known to other servers: ") +
         error.what());
    return true;
  }
}

}  // namespace cli
