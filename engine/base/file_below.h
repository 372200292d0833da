// Reads files below a directory whose content another person wrote. No symbolic link is followed on
// the way, only a regular file of limited size is opened, and opening does not wait for the other
// end of a pipe. Paths are relative, without "." and "..". For any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include <sys/stat.h>
#include <tl/expected.hpp>

#include "engine/base/unique_fd.h"

namespace engine {

// Why a file cannot be read.
struct FileFault {
  // system: the operating system could not, whatever the file is.
  enum class Kind { missing, link, directory, other, system };
  Kind kind = Kind::other;
  std::string reason;  // "it is a symbolic link", "Permission denied"
};

template <class T>
using FileResult = tl::expected<T, FileFault>;

// What the system says of an error number, as a fault.
FileFault fault_of(int error_number);

// A directory to start from; links on the way to it are followed. Good for looking up names in it,
// not for listing them.
FileResult<UniqueFd> open_directory(const std::filesystem::path& directory);

// A directory below the open one: `kind` is missing, link or other (no directory).
FileResult<UniqueFd> open_directory_below(int directory, std::string_view path);

// Whether both are open on the same directory.
bool is_same_directory(int one, int other);

// The status of what `path` names itself, even if that is a link.
FileResult<struct stat> status_below(int directory, std::string_view path);

struct FileBytes {
  std::string bytes;
  struct stat status {};
};

// A file of at most `most` bytes.
FileResult<FileBytes> read_below(int directory, std::string_view path, std::size_t most);

// What a symbolic link says, cut at 4 KiB.
FileResult<std::string> read_link_below(int directory, std::string_view path);

// All bytes of an open regular file, from its start; a fault if there are more than `most`.
FileResult<std::string> read_all(int file, std::size_t most);

}  // namespace engine
