#include "engine/base/file_below.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <utility>

namespace engine {
namespace {

// A descriptor through which names are looked up, and nothing else: a directory that may be entered
// but not listed is enough.
#if defined(O_SEARCH)
constexpr int kSearch = O_SEARCH;
#elif defined(O_PATH)
constexpr int kSearch = O_PATH;
#else
constexpr int kSearch = O_RDONLY;
#endif

constexpr std::size_t kMaxLink = 4096;
constexpr std::size_t kPiece = std::size_t{1} << 16U;

using Refusal = tl::unexpected<FileFault>;

Refusal refuse(FileFault::Kind kind, std::string reason) {
  return Refusal(FileFault{kind, std::move(reason)});
}

Refusal is_link() {
  return refuse(FileFault::Kind::link, "it is a symbolic link");
}

Refusal too_large(std::size_t most) {
  return refuse(FileFault::Kind::other, "it is larger than " + std::to_string(most) + " bytes");
}

// The status of one name in a directory.
FileResult<struct stat> status_in(int directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return Refusal(fault_of(errno));
  }
  return status;
}

FileResult<UniqueFd> enter(int directory, const std::string& name) {
  const auto status = status_in(directory, name);
  if (!status) {
    return Refusal(status.error());
  }
  if (S_ISLNK(status->st_mode)) {
    return is_link();
  }
  UniqueFd fd(::openat(directory, name.c_str(), kSearch | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    return Refusal(fault_of(errno));
  }
  return fd;
}

// The directory that holds the last name of `path`, and that name.
struct Parent {
  UniqueFd opened;  // empty: the directory that was started from
  int directory;
  std::string name;
};

FileResult<Parent> parent_of(int directory, std::string_view path) {
  Parent parent{{}, directory, {}};
  for (auto slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    auto next = enter(parent.directory, std::string(path.substr(0, slash)));
    if (!next) {
      return Refusal(next.error());
    }
    parent.opened = std::move(*next);
    parent.directory = parent.opened.get();
    path.remove_prefix(slash + 1);
  }
  parent.name = path;
  return parent;
}

FileResult<void> expect_regular(const struct stat& status, std::size_t most) {
  if (S_ISLNK(status.st_mode)) {
    return is_link();
  }
  if (S_ISDIR(status.st_mode)) {
    return refuse(FileFault::Kind::directory, "it is a directory");
  }
  if (!S_ISREG(status.st_mode)) {
    return refuse(FileFault::Kind::other, "it is not a regular file");
  }
  if (static_cast<std::uintmax_t>(status.st_size) > most) {
    return too_large(most);
  }
  return {};
}

}  // namespace

FileFault fault_of(int error_number) {
  if (error_number == ENOENT || error_number == ENOTDIR) {
    return {FileFault::Kind::missing, "it is not there"};
  }
  return {FileFault::Kind::system, std::generic_category().message(error_number)};
}

FileResult<UniqueFd> open_directory(const std::filesystem::path& directory) {
  UniqueFd fd(::open(directory.c_str(), kSearch | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    return Refusal(fault_of(errno));
  }
  return fd;
}

bool is_same_directory(int one, int other) {
  struct stat first {};
  struct stat second {};
  return ::fstat(one, &first) == 0 && ::fstat(other, &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

FileResult<UniqueFd> open_directory_below(int directory, std::string_view path) {
  auto parent = parent_of(directory, path);
  if (!parent) {
    return Refusal(parent.error());
  }
  return enter(parent->directory, parent->name);
}

FileResult<struct stat> status_below(int directory, std::string_view path) {
  const auto parent = parent_of(directory, path);
  if (!parent) {
    return Refusal(parent.error());
  }
  return status_in(parent->directory, parent->name);
}

FileResult<FileBytes> read_below(int directory, std::string_view path, std::size_t most) {
  const auto parent = parent_of(directory, path);
  if (!parent) {
    return Refusal(parent.error());
  }
  // Looked at before it is opened, since opening a device can do something.
  const auto before = status_in(parent->directory, parent->name);
  if (!before) {
    return Refusal(before.error());
  }
  if (const auto regular = expect_regular(*before, most); !regular) {
    return Refusal(regular.error());
  }
  const UniqueFd fd(::openat(parent->directory, parent->name.c_str(),
                             O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY));
  FileBytes file;
  if (!fd || ::fstat(fd.get(), &file.status) != 0) {
    return Refusal(fault_of(errno));
  }
  if (const auto regular = expect_regular(file.status, most); !regular) {
    return Refusal(regular.error());
  }
  auto bytes = read_all(fd.get(), most);
  if (!bytes) {
    return Refusal(bytes.error());
  }
  file.bytes = std::move(*bytes);
  return file;
}

FileResult<std::string> read_link_below(int directory, std::string_view path) {
  const auto parent = parent_of(directory, path);
  if (!parent) {
    return Refusal(parent.error());
  }
  std::array<char, kMaxLink> target;  // NOLINT(*-member-init): only what was written is looked at
  const ssize_t length =
      ::readlinkat(parent->directory, parent->name.c_str(), target.data(), target.size());
  if (length < 0) {
    return Refusal(fault_of(errno));
  }
  return std::string(target.data(), static_cast<std::size_t>(length));
}

FileResult<std::string> read_all(int file, std::size_t most) {
  struct stat status {};
  std::string bytes;
  if (::fstat(file, &status) == 0) {
    // One byte more, so that the end is seen without another piece.
    bytes.reserve(std::min(static_cast<std::size_t>(status.st_size), most) + 1);
  }
  for (;;) {
    const std::size_t filled = bytes.size();
    const std::size_t spare = bytes.capacity() - filled;
    const std::size_t room = spare > 0 ? spare : kPiece;
    bytes.resize(filled + room);
    const ssize_t count = ::read(file, &bytes[filled], room);
    bytes.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno != EINTR) {
      return Refusal(fault_of(errno));
    }
    if (bytes.size() > most) {
      return too_large(most);
    }
    if (count == 0) {
      return bytes;
    }
  }
}

}  // namespace engine
